// Taken by its first file.
