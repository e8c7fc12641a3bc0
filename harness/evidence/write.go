package evidence

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
)

// WriteJSON puts v at path in one piece: a reader sees the old file or the whole
// new one.
func WriteJSON(path string, v any) error {
	raw, err := marshal(v)
	if err != nil {
		return err
	}
	return WriteFile(path, raw)
}

func marshal(v any) ([]byte, error) {
	raw, err := json.MarshalIndent(v, "", "  ")
	return append(raw, '\n'), err
}

// WriteFile puts raw at path in one piece, on disk before it returns. Nobody but
// its owner may read it.
func WriteFile(path string, raw []byte) error {
	d, err := newDraft(path, raw)
	if err != nil {
		return err
	}
	return d.place(true)
}

// draft is a file that is written beside the one whose place it is to take.
type draft struct {
	file *os.File
	path string
}

// newDraft writes raw for path.
func newDraft(path string, raw []byte) (*draft, error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return nil, err
	}
	d := &draft{tmp, path}
	_, err = tmp.Write(raw)
	if err := errors.Join(err, tmp.Chmod(private)); err != nil {
		return nil, errors.Join(err, d.discard())
	}
	return d, nil
}

// place puts the draft where it belongs, on disk before it returns. sync says that
// its bytes are not there yet.
func (d *draft) place(sync bool) error {
	var err error
	if sync {
		err = d.file.Sync()
	}
	if err = errors.Join(err, d.file.Close()); err == nil {
		err = os.Rename(d.file.Name(), d.path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(d.file.Name()))
	}
	return syncFolder(filepath.Dir(d.path))
}

// discard takes the draft away.
func (d *draft) discard() error {
	return errors.Join(d.file.Close(), os.Remove(d.file.Name()))
}

// syncFolder puts the names in a folder on disk.
func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
