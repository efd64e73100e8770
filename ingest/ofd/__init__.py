"""Drawing OFD pages (GB/T 33190-2016): each page becomes a PDF page, which pdfium then shows and reads."""
