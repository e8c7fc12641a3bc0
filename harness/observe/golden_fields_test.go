package observe

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"

	"assay/harness/observe/fact"
)

// TestEveryFieldOfEveryFactIsGolden fails on a field of a fact that is empty in every
// golden case: nobody would notice that it is never read.
func TestEveryFieldOfEveryFactIsGolden(t *testing.T) {
	t.Parallel()
	filled := map[string]bool{}
	for _, p := range Parsers {
		for name, body := range samplesOf(t, p.Source) {
			all, _ := readAll(t, p.Source, name, body)
			for _, s := range all {
				v := reflect.Indirect(reflect.ValueOf(s.Fact))
				for i := range v.NumField() {
					if !v.Field(i).IsZero() {
						filled[v.Type().Name()+"."+v.Type().Field(i).Name] = true
					}
				}
			}
		}
	}
	for _, k := range fact.Kinds {
		of := reflect.Indirect(reflect.ValueOf(k.Fact)).Type()
		for i := range of.NumField() {
			name := of.Name() + "." + of.Field(i).Name
			assert.True(t, filled[name], "%s: in no golden case", name)
		}
	}
}
