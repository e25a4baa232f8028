# One model behind HTTP, in half a gigabyte of memory: docs/deploy.md has the commands.
FROM python:3.11-slim
RUN useradd --create-home --uid 10001 reader
COPY runtime /src/runtime
RUN python -m venv /opt/reader && /opt/reader/bin/pip install --no-cache-dir "/src/runtime[photos,serve]" && rm -rf /src
USER reader
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 MALLOC_ARENA_MAX=2
EXPOSE 8600
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s \
    CMD ["/opt/reader/bin/python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8600/readyz', timeout=2)"]
# It refuses to listen wider than loopback without a token: hand one over as GLYPHLAB_TOKEN.
ENTRYPOINT ["/opt/reader/bin/glyphlab-serve", "--host", "0.0.0.0", "--port", "8600"]
CMD ["starter"]
