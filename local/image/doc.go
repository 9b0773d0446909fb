// Package image builds, from Debian's packages alone, the container images the local cluster runs: the sample blog in
// its two releases, and stand-ins for the official postgres and redis images. It needs no container engine and no registry.
//
// All images share one base layer, so that it is made, stored and unpacked once; what tells them apart is
// a layer of a few kilobytes and their configuration.
package image
