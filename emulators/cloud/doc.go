// Package cloud is one engine for in-process providers of clouds: an account that keeps what was made in it, and
// the rules by which resources are checked, compared, made, changed, read and deleted. What differs between the
// clouds is data: the facts of their SDKs (Schema), and tables that say what each type computes, replaces on,
// refers to and refuses (Kind).
package cloud
