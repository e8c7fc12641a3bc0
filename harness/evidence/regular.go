package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// openRegular opens a regular file for reading, and nothing else: what stands in a
// run's folder may come from anybody, and a link leads elsewhere, a FIFO waits for
// ever. What it was is looked at again after it was opened.
func openRegular(path string, flag int) (*os.File, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file: it is %s", path, kindOf(info.Mode()))
	}
	f, err := os.OpenFile(path, flag|asItIs, 0)
	if err != nil {
		return nil, err
	}
	opened, err := f.Stat()
	if err == nil && !os.SameFile(info, opened) {
		err = fmt.Errorf("%s was exchanged while it was opened", path)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// readRegular reads a regular file of at most so many bytes.
func readRegular(path string, most int64) ([]byte, error) {
	f, err := openRegular(path, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(raw)) > most {
		err = fmt.Errorf("%s has more than %d bytes: assay writes none of that size; restore it from a copy", path, most)
	}
	return raw, err
}

// Folder says what is wrong with a folder that must be one, and no link to one.
func Folder(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a folder: it is %s", path, kindOf(info.Mode()))
	}
	return nil
}

// inside gives the path of a file of a bundle, by its name in the manifest. It
// refuses what leads out of the bundle, by its name or by a link.
func inside(dir, file string) (string, error) {
	local := filepath.FromSlash(file)
	if !filepath.IsLocal(local) {
		return "", fmt.Errorf("%s: capture %q leads out of the bundle", filepath.Join(dir, manifestName), file)
	}
	path := dir
	if err := Folder(path); err != nil {
		return "", err
	}
	parts := strings.Split(local, string(filepath.Separator))
	for _, part := range parts[:len(parts)-1] {
		path = filepath.Join(path, part)
		if err := Folder(path); err != nil {
			return "", err
		}
	}
	return filepath.Join(dir, local), nil
}

// kindOf names what is no regular file.
func kindOf(m os.FileMode) string {
	switch {
	case m.IsDir():
		return "a folder"
	case m&os.ModeSymlink != 0:
		return "a symbolic link"
	case m&os.ModeNamedPipe != 0:
		return "a FIFO"
	case m&os.ModeSocket != 0:
		return "a socket"
	case m&os.ModeDevice != 0:
		return "a device"
	case m.IsRegular():
		return "a file"
	}
	return "of a kind that holds no bytes"
}

// Digest is the SHA-256 of bytes, hex.
func Digest(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

func sumOf(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// isDigest says whether s is 32 bytes in hex, as this package writes them.
func isDigest(s string) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(raw) == sha256.Size && s == strings.ToLower(s)
}
