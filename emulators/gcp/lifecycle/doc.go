// Package lifecycle tests that whole environments live and end on the twin of Google Cloud: it is apart from package gcp because
// the program's SDKs take minutes to build.
package lifecycle
