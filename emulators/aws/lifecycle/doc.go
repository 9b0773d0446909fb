// Package lifecycle tests that whole environments live and end on the twin of AWS: it is apart from package aws because the
// program's SDKs take minutes to build.
package lifecycle
