// Package nrdb has the query that KEDA makes.
package nrdb

import "context"

// NRQL is a query.
type NRQL string

// Result is a row.
type Result map[string]any

// ResultContainer has the rows of an answer.
type ResultContainer struct{ Results []Result }

// Nrdb is never called, because there is no client.
type Nrdb struct{}

// QueryWithContext returns nothing.
func (Nrdb) QueryWithContext(context.Context, int, NRQL) (*ResultContainer, error) {
	return &ResultContainer{}, nil
}
