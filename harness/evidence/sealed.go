package evidence

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// ErrUnsealed is what Open returns of a bundle that was never finished.
var ErrUnsealed = errors.New("bundle is not sealed: its attempt was cut off")

// mostManifest is how long a manifest may be, bytes: that of a hundred thousand
// captures.
const mostManifest = 64 << 20

// Open reads a sealed bundle's manifest and checks that it is one: every file
// it names lies inside the bundle and has the size it should have.
func Open(dir string) (Manifest, error) { return OpenSealed(dir, "") }

// OpenSealed reads a bundle's manifest like Open does, and checks that it is the
// one of that digest, which the journal names; empty: nobody names one.
func OpenSealed(dir, digest string) (Manifest, error) {
	var m Manifest
	if err := Folder(dir); err != nil {
		return m, err
	}
	name := filepath.Join(dir, manifestName)
	got, err := manifests.Read(name, mostManifest, &m)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return m, fmt.Errorf("%s: %w", dir, ErrUnsealed)
	case digest != "" && got != "" && got != digest:
		return m, fmt.Errorf("%s: is not what was sealed: SHA-256 is %s, the journal says %s; restore the bundle from a copy", name, got, digest)
	case errors.Is(err, ErrVersion):
		return m, err
	case err != nil:
		return m, fmt.Errorf("corrupt manifest: %w; restore the bundle from a copy, or delete its folder and run again", err)
	case !isDigest(m.Blind) || !isDigest(m.Index):
		return m, fmt.Errorf("%s: corrupt manifest: its blind and index must be 32 bytes in hex each; restore the bundle from a copy", name)
	}
	m.Digest = got
	return m, m.whole(dir)
}

// whole says whether the files that the manifest names are there.
func (m Manifest) whole(dir string) error {
	named := map[string]bool{}
	for _, c := range m.Captures {
		info, err := stat(dir, c.File)
		switch {
		case err != nil:
			return fmt.Errorf("corrupt bundle: %w; restore it from a copy", err)
		case path.Dir(c.File) != bodies || path.Clean(c.File) != c.File || named[c.File]:
			return fmt.Errorf("%s: corrupt bundle: capture %q: each has a file of its own under %s", dir, c.File, bodies)
		case info.Size() != c.Size:
			return fmt.Errorf("corrupt bundle: %s has %d bytes, the manifest says %d; restore it from a copy",
				filepath.Join(dir, c.File), info.Size(), c.Size)
		}
		named[c.File] = true
	}
	return nil
}

// Body opens a capture's bytes. The caller closes it.
func Body(dir string, c Capture) (*os.File, error) {
	name, err := inside(dir, c.File)
	if err != nil {
		return nil, err
	}
	return openRegular(name, os.O_RDONLY)
}

// Verify hashes every file of a sealed bundle and returns an error for each that is
// not what its manifest says, or that it does not name.
func Verify(dir string) []error {
	m, err := Open(dir)
	if err != nil {
		return []error{err}
	}
	return append(m.Extra(dir), m.Changed(dir)...)
}

// Changed hashes the captures of a bundle, and gives an error for each that is not
// what the manifest says.
func (m Manifest) Changed(dir string) []error {
	var problems []error
	for _, c := range m.Captures {
		sum, err := hashOf(dir, c.File)
		switch {
		case err != nil:
			problems = append(problems, fmt.Errorf("%s: %w", filepath.Join(dir, c.File), err))
		case sum != c.SHA256:
			problems = append(problems, fmt.Errorf("%s: SHA-256 is %s, the manifest says %s", filepath.Join(dir, c.File), sum, c.SHA256))
		}
	}
	return problems
}

// Extra gives an error for each file of a bundle that its manifest does not name,
// and for an index that is not its own.
func (m Manifest) Extra(dir string) []error {
	var problems []error
	if sum, err := hashOf(dir, indexName); err != nil {
		problems = append(problems, fmt.Errorf("%s: %w", filepath.Join(dir, indexName), err))
	} else if sum != m.Index {
		problems = append(problems, fmt.Errorf("%s: SHA-256 is %s, the manifest says %s", filepath.Join(dir, indexName), sum, m.Index))
	}
	named := []string{bodies, indexName, manifestName}
	problems = append(problems, strangers(dir, func(name string) bool { return slices.Contains(named, name) })...)
	captures := map[string]bool{}
	for _, c := range m.Captures {
		captures[filepath.Base(c.File)] = true
	}
	return append(problems, strangers(filepath.Join(dir, bodies), func(name string) bool { return captures[name] })...)
}

// mostTold is how many files that nobody knows are told of one folder.
const mostTold = 20

// strangers gives an error for each entry of a folder that is not known.
func strangers(dir string, known func(name string) bool) []error {
	var problems []error
	err := EachName(dir, func(name string) error {
		if known(name) {
			return nil
		}
		if len(problems) == mostTold {
			return errEnough
		}
		problems = append(problems, fmt.Errorf("%s: no manifest names it: it was put here later; take it out", filepath.Join(dir, name)))
		return nil
	})
	switch {
	case errors.Is(err, errEnough):
		problems = append(problems, fmt.Errorf("%s: more files that no manifest names", dir))
	case err != nil:
		problems = append(problems, err)
	}
	return problems
}

var errEnough = errors.New("enough")

// EachName gives the names in a folder, some at a time, until do returns an error.
func EachName(dir string, do func(name string) error) error {
	if err := Folder(dir); err != nil {
		return err
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	for {
		names, err := f.Readdirnames(1000)
		for _, name := range names {
			if err := do(name); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) || err == nil && len(names) == 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// hashOf is the SHA-256 of a file of a bundle, hex.
func hashOf(dir, file string) (string, error) {
	f, err := Body(dir, Capture{File: file})
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return sumOf(sum), nil
}

// stat refuses names that lead out of the bundle: a bundle may come from anybody.
func stat(dir, file string) (os.FileInfo, error) {
	name, err := inside(dir, file)
	if err != nil {
		return nil, err
	}
	info, err := os.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file: it is %s", name, kindOf(info.Mode()))
	}
	return info, nil
}
