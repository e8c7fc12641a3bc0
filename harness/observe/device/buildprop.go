package device

import (
	"bytes"

	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// BuildProp reads a build.prop, a file of the image.
var BuildProp = printout.Parser{
	Source: "build-prop",
	Parse:  parseBuildProp,
	Needs: "a build.prop or default.prop of an image: build/make tools/buildinfo.sh and post_process_props.py, " +
		"system/core init/property_service.cpp LoadProperties, Android 5 to 16",
}

// parseBuildProp reads KEY=VALUE, as the image's tools write it, and KEY = VALUE, as makers do
// by hand. KEY = "VALUE" belongs to the boot loader and is no property. Comments begin with
// #; "import FILE" names another file; A := B, of a makefile, sets no property (LYF's
// LS-5016 has such lines).
func parseBuildProp(in printout.Input, emit printout.Emit) error {
	l := in.Lines
	for l.Next() {
		t := bytes.TrimRight(l.Text(), " \t")
		key, value, ok := bytes.Cut(t, []byte("="))
		bare := bytes.TrimRight(key, " ")
		bootconfig := len(bare) < len(key) && bytes.HasPrefix(value, []byte(` "`))
		key = bare
		switch {
		case len(t) == 0, t[0] == '#', bytes.HasPrefix(t, []byte("import ")), assigns(t):
			l.Skip()
		case ok && isKey(key) && !bootconfig:
			l.Read()
			emit(fact.ImageProperty{Key: string(key), Value: string(bytes.TrimSpace(value))}, l.Span())
		default:
			l.Settle()
		}
	}
	return nil
}

// assigns says whether a line is one of a makefile: KEY := VALUE.
func assigns(t []byte) bool {
	key, _, ok := bytes.Cut(t, []byte(" := "))
	return ok && isKey(key)
}

// isKey says whether a word is a property's name. It is stricter than IsLegalPropertyName of
// init: it allows neither @ nor :, which no file of an image is known to have in a name, and
// wants a dot, unless the name is in capitals, as makers take it from makefiles.
func isKey(key []byte) bool {
	for i, c := range key {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && (i == 0 || bytes.IndexByte([]byte("._-"), c) < 0) {
			return false
		}
	}
	return bytes.IndexByte(key, '.') > 0 || len(key) > 0 && bytes.Equal(key, bytes.ToUpper(key))
}
