# mvn -DskipTests package && docker build -t partner-gateway:0.1.0 .
# Nothing is downloaded besides the base image: what is copied has been built before.
FROM eclipse-temurin:25.0.1_8-jre-noble

WORKDIR /gateway
COPY target/partner-gateway.jar ./
COPY routes routes
COPY openapi openapi
COPY application.properties ./
COPY image/make-archive image/jvm.options ./
# A start on the image's own JVM, to keep what it loads: the next start takes a fraction of the time.
RUN ./make-archive && rm -r make-archive data && mkdir data && chown 10001:10001 data

USER 10001:10001
EXPOSE 8080 9876
ENTRYPOINT ["java", "@jvm.options", "-jar", "partner-gateway.jar"]
