package replay

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"assay/harness/virtual/persona"
)

// bundleManifest is what a replay needs of a bundle's manifest.json.
type bundleManifest struct {
	Schema  *int `json:"schema"`
	Handset struct {
		Serial       string `json:"serial"`
		Brand        string `json:"brand"`
		Manufacturer string `json:"manufacturer"`
		Model        string `json:"model"`
		Device       string `json:"device"`
		Build        struct {
			Fingerprint string `json:"fingerprint"`
			SDK         int    `json:"sdk"`
			Release     string `json:"release"`
		} `json:"build"`
	} `json:"handset"`
	Captures []struct {
		Source   string    `json:"source"`
		Command  []string  `json:"command"`
		Exit     *int      `json:"exit"`
		Stderr   string    `json:"stderr"`
		Started  time.Time `json:"started"`
		File     string    `json:"file"`
		Coverage struct {
			State string `json:"state"`
		} `json:"coverage"`
		Clock *struct {
			Device time.Time `json:"device"`
		} `json:"clock"`
	} `json:"captures"`
}

// readBundle reads a sealed evidence bundle of schema 1 or 2, which are the same to a
// replay. Its error is fs.ErrNotExist
// where the folder has no manifest.
func (r *Recording) readBundle() (*persona.Persona, error) {
	f, err := r.open("manifest.json")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, mostRead))
	if err != nil {
		return nil, err
	}
	var m bundleManifest
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, fmt.Errorf("manifest.json: %w", err)
	}
	switch {
	case m.Schema == nil:
		return nil, errors.New(`manifest.json: key "schema" is missing: every assay writes it`)
	case *m.Schema != 1 && *m.Schema != 2:
		return nil, fmt.Errorf("manifest.json: schema %d, and this assay replays 1 and 2; use the one that wrote it", *m.Schema)
	}
	clock := time.Time{}
	for _, c := range m.Captures {
		if len(c.Command) == 0 || c.File == "" || c.Coverage.State == "not run" {
			continue
		}
		a := recorded{file: c.File, stderr: c.Stderr}
		if c.Exit != nil {
			a.exit = *c.Exit
		}
		r.add(commandLine(c.Command), a)
		if len(c.Command) == 3 && c.Command[0] == "sh" && c.Command[1] == "-c" {
			r.scripts = append(r.scripts, c.Command[2])
		}
		if c.Clock != nil && clock.IsZero() {
			clock = c.Clock.Device
		}
	}
	slices.SortFunc(r.scripts, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b))
	})
	r.scripts = slices.Compact(r.scripts)
	props, err := r.properties()
	if err != nil {
		return nil, err
	}
	h := m.Handset
	for name, value := range map[string]string{
		"ro.serialno": h.Serial, "ro.product.brand": h.Brand, "ro.product.manufacturer": h.Manufacturer, "ro.product.model": h.Model,
		"ro.product.device": h.Device, "ro.build.fingerprint": h.Build.Fingerprint, "ro.build.version.release": h.Build.Release,
		"ro.build.version.sdk": fmt.Sprint(h.Build.SDK),
	} {
		if props[name] == "" && value != "" && value != "0" {
			props[name] = value
		}
	}
	return r.persona(props, clock), nil
}

// properties reads the recorded getprop, where there is one.
func (r *Recording) properties() (map[string]string, error) {
	props := map[string]string{}
	all := r.answers["getprop"]
	if len(all) == 0 {
		return props, nil
	}
	text, err := r.read(all[0].file)
	if err != nil {
		return nil, err
	}
	// A value may span lines; it ends with a bracket at a line's end.
	for text != "" {
		var entry string
		entry, text, _ = strings.Cut(text, "]\n")
		entry = strings.TrimRight(strings.TrimSuffix(strings.TrimSpace(entry), "]"), "\r")
		name, value, ok := strings.Cut(entry, "]: [")
		if at := strings.LastIndexByte(name, '['); ok && at >= 0 {
			props[name[at+1:]] = value
		}
	}
	return props, nil
}
