# mvn -DskipTests package && docker build -t partner-gateway:0.1.0 .
# Nothing is downloaded besides the base image: what is copied has been built before. A tag may move, a digest does not:
#   docker build --build-arg BASE=eclipse-temurin@sha256:... (docker buildx imagetools inspect eclipse-temurin:<tag> shows it)
ARG BASE=eclipse-temurin:25.0.1_8-jre-noble
FROM ${BASE}

WORKDIR /gateway
COPY target/partner-gateway.jar ./
COPY routes routes
COPY openapi openapi
COPY application.properties ./
COPY image/make-archive image/jvm.options ./
# A start on the image's own JVM, to keep what it loads: the next start takes a fraction of the time.
# What is written belongs to group 0, because a cluster may choose the user (OpenShift) but keeps that group.
RUN ./make-archive && rm -r make-archive data && mkdir data && chown 10001:0 data && chmod g=u data

USER 10001:0
EXPOSE 8080 9876
ENTRYPOINT ["java", "@jvm.options", "-jar", "partner-gateway.jar"]
