"""One module per version, written by hand, never edited once released."""
