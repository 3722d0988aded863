"""Every single edit of the backward part of correct programs: which are found, on which line, and mended how."""
