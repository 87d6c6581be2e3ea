"""The widget kit: small, themed by token, usable by keyboard, and without a word of the business."""
