package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"reflect"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"assay/harness/android"
	"assay/harness/observe/fact"
)

// logFields is how the facts stream writes an entry of a log: its bytes as text.
type logFields struct {
	Buffer  string      `json:"buffer,omitempty"`
	Time    string      `json:"time,omitempty"`
	UID     android.UID `json:"uid"`
	User    string      `json:"user,omitempty"`
	PID     int         `json:"pid"`
	TID     int         `json:"tid"`
	Level   string      `json:"level"`
	Tag     string      `json:"tag"`
	Message string      `json:"message"`
	Chatty  int         `json:"chatty,omitempty"`
}

// fieldsOf gives a fact as the stream writes it.
func fieldsOf(f fact.Fact) any {
	l, ok := f.(*fact.LogLine)
	if !ok {
		return f
	}
	return logFields{Buffer: l.Buffer, Time: string(l.Time), UID: l.UID, User: l.User, PID: l.PID, TID: l.TID,
		Level: string(l.Level), Tag: string(l.Tag), Message: string(l.Message), Chatty: l.Chatty}
}

// described are types whose JSON says less than a reader must know.
var described = map[reflect.Type]*jsonschema.Schema{
	reflect.TypeFor[android.UID]():    {Type: "integer", Description: "a UID: user*100000 + appId; -1 where the print-out gives none"},
	reflect.TypeFor[time.Duration]():  {Type: "integer", Description: "nanoseconds"},
	reflect.TypeFor[netip.AddrPort](): {Type: "string", Description: "address:port, an IPv6 address in brackets"},
}

// factSchemaOf makes the schema of a line of the facts stream, in JSON Schema
// 2020-12, from the types of the facts: each kind's fields stand under $defs by
// its word. A strict schema allows no field beside those; the published one does,
// since a later release of the same version may add some.
func factSchemaOf(strict bool) (*jsonschema.Schema, error) {
	options := &jsonschema.ForOptions{TypeSchemas: described}
	s, err := jsonschema.For[factLine](options)
	if err != nil {
		return nil, err
	}
	s.Schema = "https://json-schema.org/draft/2020-12/schema"
	s.Title = fmt.Sprintf("a line of assay facts --json, version %d", factSchema)
	s.Defs = map[string]*jsonschema.Schema{}
	s.Properties["schema"].Const = jsonschema.Ptr[any](factSchema)
	var words []any
	for _, k := range fact.Kinds {
		word := k.Fact.Kind()
		fields, err := jsonschema.ForType(reflect.TypeOf(fieldsOf(k.Fact)), options)
		if err != nil {
			return nil, fmt.Errorf("schema of %s: %w", word, err)
		}
		fields.Description = k.About
		s.Defs[word] = fields
		words = append(words, word)
		s.AllOf = append(s.AllOf, &jsonschema.Schema{
			If:   &jsonschema.Schema{Properties: map[string]*jsonschema.Schema{"fact": {Const: jsonschema.Ptr[any](word)}}},
			Then: &jsonschema.Schema{Properties: map[string]*jsonschema.Schema{"fields": {Ref: "#/$defs/" + word}}},
		})
	}
	s.Properties["fact"].Enum = words
	if !strict {
		loosen(s)
		for _, d := range s.Defs {
			loosen(d)
		}
	}
	return s, nil
}

// loosen allows fields that the schema does not name.
func loosen(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	s.AdditionalProperties = nil
	loosen(s.Items)
	for _, p := range s.Properties {
		loosen(p)
	}
}

func writeFactSchema(w io.Writer) error {
	s, err := factSchemaOf(false)
	if err != nil {
		return err
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(s)
}
