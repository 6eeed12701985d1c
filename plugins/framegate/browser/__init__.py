"""TF.js itself, in a real browser: the files, the server, the page, and the driver that runs it."""
