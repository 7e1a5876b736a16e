# Toxiproxy from its source, by the checksums of Go's module database.

FROM golang:1.24.6-bookworm AS build
RUN CGO_ENABLED=0 GOBIN=/bin go install github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0

FROM scratch
COPY --from=build /bin/server /toxiproxy
USER 1000:1000
ENTRYPOINT ["/toxiproxy"]
CMD ["-host", "127.0.0.1", "-port", "8474", "-proxy-metrics", "-runtime-metrics"]
