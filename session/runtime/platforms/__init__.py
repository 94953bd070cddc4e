"""What a kernel can do for a run, behind one seam: Linux, and plain POSIX as the fallback."""
