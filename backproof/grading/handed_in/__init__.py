"""What students handed in: from a folder, a zip or the export of a course system to one program for each student."""
