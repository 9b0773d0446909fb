// Package cloud is the provider that all emulated clouds share: an account in memory, and the code that checks, compares,
// creates, updates, reads and deletes its resources. The differences between clouds are data: the properties that their
// SDKs define (Schema), and tables of what each type computes, what forces its replacement, what it refers to and what
// its cloud refuses (Kind).
package cloud
