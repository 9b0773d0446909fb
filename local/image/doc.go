// Package image builds the container images that the local cluster runs: two releases of the sample blog, and PostgreSQL,
// Redis, PgBouncer and NGINX under the names of the published images. Everything comes from Debian packages, so no
// container engine and no registry is needed. The images are for development and tests, never for production.
//
// All images share one base layer, which is built, stored and unpacked only once. On top of it each image has a layer of
// a few kilobytes and its configuration. Only applications for tests have separate bases.
package image
