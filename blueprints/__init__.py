"""The browser side: a folder for each subject."""
