package evidence

import "os"

// Room is asked whether the disk has room for so many bytes before they are
// written. Its error is the write's, and nothing is written.
type Room func(bytes int) error

func (r Room) ask(bytes int) error {
	if r == nil {
		return nil
	}
	return r(bytes)
}

// boundedFile is a file that asks for room first.
type boundedFile struct {
	file *os.File
	room Room
}

func (r boundedFile) Write(p []byte) (int, error) {
	if err := r.room.ask(len(p)); err != nil {
		return 0, err
	}
	return r.file.Write(p)
}
