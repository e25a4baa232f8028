# The lab. It listens on loopback alone, so it runs on the host's network, behind a login if others use it: docs/deploy.md.
FROM python:3.11-slim
RUN useradd --create-home --uid 10001 lab && install --directory --owner=lab /artifacts
WORKDIR /lab
COPY . .
RUN python -m venv .venv && .venv/bin/pip install --no-cache-dir --requirement requirements.txt
USER lab
ENV GLYPHLAB_WORKSPACE=/artifacts PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
VOLUME /artifacts
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=3s --start-period=20s \
    CMD [".venv/bin/python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=2)"]
CMD [".venv/bin/python", "-m", "dashboard"]
