package main

import (
	"bytes"
	"context"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/virtual"
	"assay/harness/virtual/fault"
	"assay/harness/virtual/persona"
)

func TestDoctorTellsBeforehandWhatTheShellWillBeRefused(t *testing.T) {
	found, err := persona.Called("xiaomi")
	require.NoError(t, err)
	for value, want := range map[string]string{
		"0": `note  shell          Xiaomi Redmi Note 7 (VRTXIAO0001): "USB debugging (Security settings)" keeps from its shell: `,
		"":  "(persist.security.adbinput is not set)",
		"1": "",
	} {
		p := *found[0]
		p.Properties = maps.Clone(p.Properties)
		p.Properties["persist.security.adbinput"] = value
		h := virtual.New(&p, 1)
		var asked []string
		h.Hear(func(_ int, service string) { asked = append(asked, service) })
		out := doctored(t, h)
		if want == "" {
			assert.NotContains(t, out, "keeps from its shell")
		} else {
			assert.Contains(t, out, want)
			assert.Contains(t, out, "INJECT_EVENTS")
			assert.Contains(t, out, "to do: switch on \"USB debugging (Security settings)\" in the developer options")
			assert.Contains(t, out, "1 of 1 ready", "it is told, and no run is kept from it")
		}
		assert.NotEmpty(t, asked)
		for _, a := range asked {
			assert.Regexp(t, `^(shell[^:]*:|exec:)?(getprop|settings get|'?getprop|echo|true)|^host|^reconnect`, a, "doctor only looks")
		}
	}
}

func TestDoctorSaysWhereItCouldNotLook(t *testing.T) {
	found, err := persona.Called("vivo")
	require.NoError(t, err)
	h := virtual.New(found[0], 1)
	f, err := fault.Parse("refused:denied:match=getprop")
	require.NoError(t, err)
	h.Inject(f)
	assert.Contains(t, doctored(t, h), "what its shell is refused cannot be told")
}

// doctored is what doctor says of a handset.
func doctored(t *testing.T, h *virtual.Handset) string {
	t.Helper()
	addr, stop, err := virtual.Start(context.WithoutCancel(t.Context()), h)
	require.NoError(t, err)
	defer func() { require.NoError(t, stop()) }()
	dir := t.TempDir()
	inventory := filepath.Join(dir, "devices.yaml")
	p := h.Persona()
	listed := "devices: [{serial: " + h.Serial() + ", brand: " + p.Brand + ", model: Redmi Note 7}]\n"
	require.NoError(t, os.WriteFile(inventory, []byte(listed), 0o600))
	var out, errs bytes.Buffer
	Main([]string{"doctor", "--devices", inventory, "--server", addr, "--state", filepath.Join(dir, "state")}, nil, &out, &errs)
	return out.String()
}
