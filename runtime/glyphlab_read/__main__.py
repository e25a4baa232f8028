"""`python -m glyphlab_read`, the same as the command `glyphlab-read`."""

from glyphlab_read.command import main

if __name__ == "__main__":
    raise SystemExit(main())
