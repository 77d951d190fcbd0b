"""The commands that create the files in models/, quoted in error messages as the remedy."""

BUILD_COMMAND = "python -m app.indexing build --catalogue FILE"
MODEL_COMMAND = "python -m app.indexing model"
ACCEPT_COMMAND = "python -m app.indexing verify --accept"
