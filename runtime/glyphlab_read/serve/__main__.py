"""`python -m glyphlab_read.serve`, the same as the command `glyphlab-serve`."""

from glyphlab_read.serve.command import main

if __name__ == "__main__":
    raise SystemExit(main())
