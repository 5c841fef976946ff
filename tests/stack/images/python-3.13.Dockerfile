# The tests on the Python of the image: `make test-3.13`.
FROM python:3.13.14-slim
RUN useradd --uid 10001 --create-home quayside && python -m venv /opt/quayside
WORKDIR /project
COPY requirements.txt ./
RUN /opt/quayside/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt
COPY --chown=10001:10001 . .
RUN /opt/quayside/bin/pip install --no-cache-dir --no-deps --no-build-isolation -e . && chown 10001:10001 /project
ENV PATH=/opt/quayside/bin:$PATH PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
ENTRYPOINT ["python", "-m", "pytest", "-p", "no:cacheprovider"]
