package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"sync"
	"unicode/utf8"
)

// ReadJSON reads the file at path, a regular one of at most so many bytes, into v,
// a pointer to a struct, and gives its SHA-256. It takes what WriteJSON writes and
// no more: a key that is unknown, written in another case or given twice, and what
// stands behind the value, are errors that name file, line and column.
func ReadJSON(path string, most int64, v any) (digest string, err error) {
	raw, err := readRegular(path, most)
	if err != nil {
		return "", err
	}
	return Digest(raw), decode(raw, v, placeIn(path, raw))
}

// placeIn names an offset of a file by its line and column.
func placeIn(path string, raw []byte) func(at int64) string {
	return func(at int64) string {
		before := raw[:min(max(at, 0), int64(len(raw)))]
		return fmt.Sprintf("%s:%d:%d", path, bytes.Count(before, []byte("\n"))+1, len(before)-bytes.LastIndexByte(before, '\n'))
	}
}

// decode reads raw into v. place names an offset of raw.
func decode(raw []byte, v any, place func(at int64) string) error {
	if !utf8.Valid(raw) {
		return fmt.Errorf("%s: is not UTF-8", place(invalid(raw)))
	}
	w := walk{json.NewDecoder(bytes.NewReader(raw))}
	err := w.value(reflect.TypeOf(v).Elem(), 0)
	if err == nil {
		if _, more := w.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something stands behind the value")
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", place(w.InputOffset()), err)
	}
	if err := json.Unmarshal(raw, v); err != nil {
		at := int64(0)
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			at = wrong.Offset
		}
		return fmt.Errorf("%s: %w", place(at), err)
	}
	return nil
}

// invalid is where the first byte stands that is not UTF-8.
func invalid(raw []byte) int64 {
	at := 0
	for at < len(raw) {
		r, n := utf8.DecodeRune(raw[at:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	return int64(at)
}

// walk goes through JSON beside the type that it is to be read into:
// encoding/json itself takes keys in any case, and the last of several.
type walk struct{ *json.Decoder }

// deepest is how many objects and lists may stand in each other.
const deepest = 16

// value reads one value that is to become a t; nil: anything.
func (w walk) value(t reflect.Type, depth int) error {
	token, err := w.Token()
	if err != nil {
		return err
	}
	open, ok := token.(json.Delim)
	if !ok {
		return nil // of which type it is json.Unmarshal tells
	}
	if depth == deepest {
		return fmt.Errorf("more than %d objects and lists stand in each other", deepest)
	}
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if open == '[' {
		if t == nil || t.Kind() != reflect.Slice {
			return errors.New("a list, where none belongs")
		}
		for w.More() {
			if err := w.value(t.Elem(), depth+1); err != nil {
				return err
			}
		}
	} else if err := w.object(t, depth); err != nil {
		return err
	}
	_, err = w.Token()
	return err
}

// object reads the keys of an object, and what they hold.
func (w walk) object(t reflect.Type, depth int) error {
	if t == nil || t.Kind() != reflect.Struct {
		return errors.New("an object, where none belongs")
	}
	seen := map[string]bool{}
	for w.More() {
		token, err := w.Token()
		if err != nil {
			return err
		}
		key, _ := token.(string)
		if seen[key] {
			return fmt.Errorf("key %q stands here a second time", key)
		}
		seen[key] = true
		field, err := fieldOf(t, key)
		if err != nil {
			return err
		}
		if err := w.value(field, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// fieldOf gives the type of the field that a key belongs to.
func fieldOf(t reflect.Type, key string) (reflect.Type, error) {
	keys := keysOf(t)
	if field, ok := keys[key]; ok {
		return field, nil
	}
	for name := range keys {
		if strings.EqualFold(name, key) {
			return nil, fmt.Errorf("unknown key %q; it is written %q", key, name)
		}
	}
	return nil, fmt.Errorf("unknown key %q", key[:min(len(key), 100)])
}

// known holds the keys of each struct that was read.
var known sync.Map

// keysOf gives the keys of a struct, and the types of what they hold.
func keysOf(t reflect.Type) map[string]reflect.Type {
	if keys, ok := known.Load(t); ok {
		return keys.(map[string]reflect.Type)
	}
	keys := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			keys[name] = f.Type
		}
	}
	known.Store(t, keys)
	return keys
}
