package face

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"assay/harness/virtual/disk"
	"assay/harness/virtual/fault"
	"assay/harness/virtual/sh"
	"assay/harness/virtual/wire"
)

const (
	longestPath = 1024     // of a sync request, in bytes
	longestData = 64 << 10 // of one DATA, in bytes
)

// errSync ends a sync stream whose client broke the protocol.
var errSync = errors.New("sync: bad request")

// syncStream is one sync: service (adb, daemon/file_sync_service.cpp).
type syncStream struct {
	handset Handset
	in      io.Reader
	out     io.Writer
}

func serveSync(ctx context.Context, h Handset, c *channel) {
	s := &syncStream{handset: h, in: sh.Cancellable(ctx, c.in), out: c.out}
	for s.request() == nil {
	}
}

// request serves one request. An error ends the stream: QUIT, a lost client, or
// a request that is none.
func (s *syncStream) request() error {
	var head [8]byte
	if _, err := io.ReadFull(s.in, head[:]); err != nil {
		return err
	}
	id, length := string(head[:4]), binary.LittleEndian.Uint32(head[4:])
	if id == "QUIT" {
		return io.EOF
	}
	if length > longestPath {
		s.fail("path too long")
		return errSync
	}
	name := make([]byte, length)
	if _, err := io.ReadFull(s.in, name); err != nil {
		return err
	}
	return s.answer(id, string(name))
}

func (s *syncStream) answer(id, name string) error {
	switch id {
	case "STAT":
		return s.stat(name)
	case "STA2":
		return s.stat2(id, name, true)
	case "LST2":
		return s.stat2(id, name, false)
	case "LIST":
		return s.list(name, false)
	case "LIS2":
		return s.list(name, true)
	case "SEND":
		return s.receive(name)
	case "RECV":
		return s.send(name)
	}
	s.fail(fmt.Sprintf("unknown command %08x", binary.LittleEndian.Uint32([]byte(id))))
	return errSync
}

func (s *syncStream) write(p []byte) error {
	_, err := s.out.Write(p)
	return err
}

func (s *syncStream) fail(reason string) error {
	return s.write(append(append([]byte("FAIL"), wire.Words(uint32(len(reason)))...), reason...))
}

// stat answers in 16 bytes; of what is not there all is zero. It does not follow
// a link.
func (s *syncStream) stat(name string) error {
	f, err := s.handset.Disk().Stat(name, false)
	if err != nil {
		return s.write(append([]byte("STAT"), make([]byte, 12)...))
	}
	return s.write(append([]byte("STAT"), wire.Words(f.Mode, uint32(f.Size), uint32(f.Changed.Unix()))...))
}

// stat2 answers in 72 bytes, with the error's number where there is one.
func (s *syncStream) stat2(id, name string, follow bool) error {
	f, err := s.handset.Disk().Stat(name, follow)
	if err != nil {
		return s.write(append([]byte(id), append(wire.Words(uint32(numberOf(err))), make([]byte, 64)...)...))
	}
	return s.write(append([]byte(id), statFields2(f)...))
}

func numberOf(err error) disk.Errno {
	var n disk.Errno
	if errors.As(err, &n) {
		return n
	}
	return disk.EINVAL
}

// statFields2 is a stat of the second version, without its id: error, device,
// inode, mode, links, owner, group, size and three times.
func statFields2(f disk.Info) []byte {
	b := wire.Words(0)
	b = binary.LittleEndian.AppendUint64(b, 28)
	b = binary.LittleEndian.AppendUint64(b, f.Inode)
	b = append(b, wire.Words(f.Mode, uint32(f.Links()), f.Owner, f.Owner)...)
	for _, n := range []int64{f.Size, f.Changed.Unix(), f.Changed.Unix(), f.Changed.Unix()} {
		b = binary.LittleEndian.AppendUint64(b, uint64(n))
	}
	return b
}

// list answers with an entry for each file, and DONE; of a directory that is
// not there, or may not be read, with DONE alone.
func (s *syncStream) list(name string, second bool) error {
	names, _ := s.handset.Disk().List(name)
	if names != nil {
		names = append([]string{".", ".."}, names...)
	}
	if s.handset.Faults().ListClimbing(name) {
		names = append(names, fault.Climbing)
	}
	for _, child := range names {
		f, err := s.handset.Disk().Stat(path.Join(name, child), false)
		if child == fault.Climbing {
			f, err = disk.Info{Mode: disk.ModeRegular | 0o644, Size: 8, Changed: disk.ImageTime}, nil
		}
		if err != nil {
			continue
		}
		entry := append([]byte("DENT"), wire.Words(f.Mode, uint32(f.Size), uint32(f.Changed.Unix()))...)
		if second {
			entry = append([]byte("DNT2"), statFields2(f)...)
		}
		entry = append(append(entry, wire.Words(uint32(len(child)))...), child...)
		if err := s.write(entry); err != nil {
			return err
		}
	}
	rest := 16
	if second {
		rest = 72
	}
	return s.write(append([]byte("DONE"), make([]byte, rest)...))
}

// send gives a file in pieces.
func (s *syncStream) send(name string) error {
	f, err := s.handset.Disk().Open(name, os.O_RDONLY, 0)
	if err != nil {
		f, err = s.handset.Faults().OpenClimbing(name, err)
	}
	if err != nil {
		return s.fail("open failed: " + err.Error())
	}
	defer f.Close()
	piece := make([]byte, 8+longestData)
	copy(piece, "DATA")
	for {
		n, err := io.ReadFull(f, piece[8:])
		if n > 0 {
			binary.LittleEndian.PutUint32(piece[4:], uint32(n))
			if err := s.write(piece[:8+n]); err != nil {
				return err
			}
		}
		switch err {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF:
			return s.write(append([]byte("DONE"), wire.Words(0)...))
		default:
			return s.fail("read failed: " + err.Error())
		}
	}
}

// receive takes a file: path,mode and then DATA until DONE. After something has
// gone wrong it says so and takes in the rest, as adbd does.
func (s *syncStream) receive(spec string) error {
	comma := strings.LastIndexByte(spec, ',')
	if comma < 0 {
		s.fail("missing , in ID_SEND")
		return errSync
	}
	name := spec[:comma]
	mode, err := strconv.ParseUint(spec[comma+1:], 10, 32)
	if err != nil {
		s.fail("bad mode")
		return errSync
	}
	var into io.WriteCloser
	if uint32(mode)&disk.ModeKind == disk.ModeLink {
		into = &linkTarget{}
	} else {
		into, err = s.create(name, uint32(mode))
	}
	if err != nil {
		s.fail(fmt.Sprintf("couldn't create file: %v", err))
	}
	changed, writeErr, streamErr := s.takeData(into, err != nil)
	if streamErr != nil {
		return streamErr
	}
	if into != nil {
		into.Close()
	}
	if link, ok := into.(*linkTarget); ok && err == nil && writeErr == nil {
		s.handset.Disk().Remove(name, false, false)
		writeErr = s.handset.Disk().Symlink(string(link.target), name, changed)
		if writeErr != nil {
			s.fail(fmt.Sprintf("couldn't create symlink: %v", writeErr))
		}
	}
	if err != nil || writeErr != nil {
		return nil // said already
	}
	s.handset.Disk().SetModTime(name, changed)
	return s.write(append([]byte("OKAY"), wire.Words(0)...))
}

// create makes the file and the directories above it; the owner's bits count
// for all (adbd copies them).
func (s *syncStream) create(name string, mode uint32) (io.WriteCloser, error) {
	user := mode >> 6 & 0o7
	mode = user<<6 | user<<3 | user
	err := s.handset.Disk().Mkdir(path.Dir(path.Clean("/"+name)), true, 0o775, s.handset.Now())
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	f, err := s.handset.Disk().Open(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, os.FileMode(mode))
	if err != nil {
		return nil, err
	}
	s.handset.Disk().Chmod(name, mode)
	return f, nil
}

// takeData writes what comes, and returns the time stamp that DONE holds.
// A fault of the disk is told at once; a fault of the stream ends it.
func (s *syncStream) takeData(into io.Writer, failed bool) (changed time.Time, disk, stream error) {
	buffer := make([]byte, longestData)
	for {
		var head [8]byte
		if _, err := io.ReadFull(s.in, head[:]); err != nil {
			return changed, disk, err
		}
		n := binary.LittleEndian.Uint32(head[4:])
		switch string(head[:4]) {
		case "DONE":
			return time.Unix(int64(n), 0), disk, nil
		case "DATA":
		default:
			s.fail("invalid data message")
			return changed, disk, errSync
		}
		if n > longestData {
			s.fail("oversize data message")
			return changed, disk, errSync
		}
		if _, err := io.ReadFull(s.in, buffer[:n]); err != nil {
			return changed, disk, err
		}
		if failed || disk != nil {
			continue
		}
		if _, err := into.Write(buffer[:n]); err != nil {
			disk = err
			s.fail("write failed: " + err.Error())
		}
	}
}

// linkTarget takes in where a symbolic link leads.
type linkTarget struct{ target []byte }

func (l *linkTarget) Write(p []byte) (int, error) {
	if len(l.target)+len(p) > longestPath {
		return 0, disk.EINVAL
	}
	l.target = append(l.target, strings.TrimRight(string(p), "\x00")...)
	return len(p), nil
}

func (l *linkTarget) Close() error { return nil }
