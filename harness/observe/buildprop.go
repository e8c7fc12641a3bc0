package observe

import "bytes"

var buildProp = Parser{
	Source: "build-prop",
	Parse:  parseBuildProp,
	Needs: "a build.prop or default.prop of an image: build/make tools/buildinfo.sh and post_process_props.py, " +
		"system/core init/property_service.cpp LoadProperties, Android 5 to 16",
}

// parseBuildProp reads KEY=VALUE, with blanks before the key and behind the value, as
// init does. Comments begin with #, and "import FILE" leads to another file.
func parseBuildProp(in Input, emit Emit) error {
	l := in.Lines
	for l.Next() {
		t := bytes.TrimSpace(l.Text())
		key, value, ok := bytes.Cut(t, []byte("="))
		key = bytes.TrimSpace(key)
		switch {
		case len(t) == 0, t[0] == '#', bytes.HasPrefix(t, []byte("import ")):
			l.Skip()
		case ok && isKey(key):
			l.Read()
			emit(ImageProperty{Key: string(key), Value: string(bytes.TrimSpace(value))}, l.Span())
		default:
			other(l)
		}
	}
	return nil
}

// isKey says whether a word is a property's name: IsLegalPropertyName of init.
func isKey(key []byte) bool {
	for i, c := range key {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && (i == 0 || bytes.IndexByte([]byte("._-@:"), c) < 0) {
			return false
		}
	}
	return len(key) > 0
}
