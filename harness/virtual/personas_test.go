package virtual

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"assay/harness/virtual/persona"
)

// personasOnce are read once: they are many, and none is changed.
var personasOnce = sync.OnceValues(persona.All)

func allPersonas(t *testing.T) []*persona.Persona {
	t.Helper()
	all, err := personasOnce()
	require.NoError(t, err)
	return all
}

// each runs a subtest for every persona.
func each(t *testing.T, check func(t *testing.T, p *persona.Persona)) {
	t.Helper()
	for _, p := range allPersonas(t) {
		t.Run(p.Name, func(t *testing.T) { check(t, p) })
	}
}
