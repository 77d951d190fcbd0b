"""Commands that make the files in models/, for messages that name the remedy."""

BUILD_COMMAND = "python -m app.indexing build --catalogue FILE"
MODEL_COMMAND = "python -m app.indexing model"
ACCEPT_COMMAND = "python -m app.indexing verify --accept"
