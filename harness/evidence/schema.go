package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Format is a kind of file that says in its key "schema" by which version of its
// format it was written: a whole number, from 1. A file that this assay does not
// read is refused by that number, before anything else of it is looked at: what
// another version says under keys that are unknown here is no damage.
type Format struct {
	Oldest, Newest int            // versions that are read; Newest is written
	Readers        map[int]string // of an older version: the last commit of assay that reads it
}

// ErrVersion is wrapped by the error of a file of another version.
var ErrVersion = errors.New("of another version than this assay reads")

// mostTool is the most that is told of a name of the assay that wrote a file, bytes.
const mostTool = 60

// Read reads a file like ReadJSON does, of a version that this assay reads.
func (f Format) Read(path string, most int64, v any) (digest string, err error) {
	raw, err := readRegular(path, most)
	if err != nil {
		return "", err
	}
	digest = Digest(raw)
	place := placeIn(path, raw)
	if err := f.refuse(raw, place); err != nil {
		return digest, err
	}
	return digest, decode(raw, v, place)
}

// refuse says why a file is of no version that is read. What is no JSON object is left
// for decode to tell.
func (f Format) refuse(raw []byte, placeOf func(at int64) string) error {
	value, at, ok := topKey(raw, "schema")
	if !ok {
		return nil
	}
	place := placeOf(at)
	if value == nil {
		return fmt.Errorf("%s: key \"schema\" is missing: every assay writes it", place)
	}
	version, err := strconv.Atoi(string(value))
	switch {
	case err != nil || version < 1:
		return fmt.Errorf("%s: \"schema\" is %s: it must be a whole number from 1", place, short(string(value)))
	case version > f.Newest:
		return fmt.Errorf("%s: %w: schema %d, and this assay reads %s; use %s",
			place, ErrVersion, version, f.versions(), f.writer(raw, "a later one"))
	case version < f.Oldest:
		reader := "the assay that wrote it"
		if commit := f.Readers[version]; commit != "" {
			reader = "assay as of commit " + commit
		}
		return fmt.Errorf("%s: %w: schema %d, and this assay reads %s; use %s", place, ErrVersion, version, f.versions(), f.writer(raw, reader))
	}
	return nil
}

func (f Format) versions() string {
	if f.Oldest == f.Newest {
		return strconv.Itoa(f.Newest)
	}
	return fmt.Sprintf("%d to %d", f.Oldest, f.Newest)
}

// unnamed is what an assay writes of itself that was built without its version.
var unnamed = []string{"", "devel", "unknown"}

// writer names the assay that wrote a file, where the file does, and else another
// that reads it.
func (f Format) writer(raw []byte, other string) string {
	value, _, _ := topKey(raw, "tool")
	var tool string
	if json.Unmarshal(value, &tool) != nil || slices.Contains(unnamed, strings.TrimSpace(tool)) {
		return other
	}
	return fmt.Sprintf("assay %s, which wrote it, or %s", short(strconv.Quote(tool)), other)
}

func short(s string) string {
	if len(s) > mostTool {
		return strings.ToValidUTF8(s[:mostTool], "") + "…"
	}
	return s
}

// topKey gives the value of a key of the outermost object, as it stands, and where it
// ends; nil: there is no such key. ok says that raw is an object as far as was looked.
func topKey(raw []byte, key string) (value json.RawMessage, at int64, ok bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, 0, false
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, 0, false
		}
		at = d.InputOffset()
		if err := d.Decode(&value); err != nil {
			return nil, 0, false
		}
		if name == key {
			return value, at, true
		}
	}
	_, err := d.Token()
	return nil, 0, err == nil
}
