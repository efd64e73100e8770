# The same steps as `make setup`. Static files are served out of the package, so nothing is collected.
FROM python:3.11.13-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
# libgomp1: native threads of the recogniser.
RUN apt-get update && apt-get install --yes --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --create-home yidang \
    && mkdir /data /keys && chown yidang:yidang /data /keys && chmod 700 /data /keys
WORKDIR /app

# Packages change less often than the code: their layer is kept as long as these two files are.
COPY pyproject.toml constraints.txt README.md ./
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > /tmp/needs \
    && pip install --constraint constraints.txt --requirement /tmp/needs \
    && pip install --constraint constraints.txt --no-deps --force-reinstall opencv-contrib-python-headless
COPY ocr ocr
COPY catalogue catalogue
RUN python -m ocr.weights models

COPY . .
RUN pip install --no-deps --editable .

USER yidang
ENV YIDANG_MODELS=/app/models
EXPOSE 8000
CMD ["yidang", "--help"]
