package evidence

import (
	"errors"
	"fmt"
	"os"
)

// Evidence holds what handsets print, identifiers included: it is its owner's
// alone, whatever the umask is.
const (
	private       = 0o600
	privateFolder = 0o700
)

// Mkdir makes a folder that nobody but its owner may look into.
func Mkdir(path string) error {
	if err := os.Mkdir(path, privateFolder); err != nil {
		return err
	}
	return os.Chmod(path, privateFolder) // a umask may have taken the owner's own bits
}

// KeepFolder makes a folder where there is none, and has nobody but its owner look
// into it. Those above it must be there.
func KeepFolder(path string) error {
	if err := Mkdir(path); !errors.Is(err, os.ErrExist) {
		return err
	}
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is %s: a folder must be here", path, kindOf(info.Mode()))
	}
	return os.Chmod(path, privateFolder)
}

// newFile makes a file that nobody but its owner may read, and that is not there.
func newFile(path string, flag int) (*os.File, error) {
	return keepOwn(os.OpenFile(path, os.O_CREATE|os.O_EXCL|flag, private))
}

// keepOwn has a file that was opened be its owner's alone.
func keepOwn(f *os.File, err error) (*os.File, error) {
	if err != nil {
		return nil, err
	}
	if err := f.Chmod(private); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
