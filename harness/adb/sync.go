package adb

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"time"
)

// File is what a handset says of one of its files.
type File struct {
	Name    string // as asked for, or the name in its folder
	Mode    fs.FileMode
	Size    int64 // bytes; on handsets without stat_v2 (Android 7 and older) modulo 4 GiB
	ModTime time.Time
	UID     int // owner; -1 where not known
	GID     int // group; -1 where not known
}

// Limits of what a handset may send (file_sync_service.h; a path has at most
// 1024 bytes, a name 255).
const (
	longestPath    = 1024
	longestName    = 4096
	mostEntries    = 1 << 20
	longestMessage = 64 << 10
	longestData    = 64 << 10
)

// Stat looks at one file, following links where the handset has stat_v2 (the
// link itself otherwise). A file that is not there is fs.ErrNotExist.
func (d *Device) Stat(ctx context.Context, path string) (File, error) {
	f, err := d.stat(ctx, path)
	if err != nil {
		return File{}, d.wrap("stat "+path, err)
	}
	return f, nil
}

// List lists a folder, without . and .., in the handset's order. A folder that
// is not there is fs.ErrNotExist; one that may not be read lists as empty, for
// the protocol does not tell the two apart.
func (d *Device) List(ctx context.Context, path string) ([]File, error) {
	files, err := d.list(ctx, path)
	if err != nil {
		return nil, d.wrap("list "+path, err)
	}
	return files, nil
}

func (d *Device) stat(ctx context.Context, path string) (File, error) {
	v2, err := d.can(ctx, "stat_v2")
	if err != nil {
		return File{}, err
	}
	s, err := d.sync(ctx)
	if err != nil {
		return File{}, err
	}
	defer s.Close()
	if v2 {
		return s.stat2(ctx, path)
	}
	return s.stat1(ctx, path)
}

func (d *Device) list(ctx context.Context, path string) ([]File, error) {
	folder, err := d.stat(ctx, path+"/")
	if err != nil {
		return nil, err
	}
	if !folder.Mode.IsDir() {
		return nil, fmt.Errorf("not a folder: %v", folder.Mode)
	}
	v2, err := d.can(ctx, "ls_v2")
	if err != nil {
		return nil, err
	}
	s, err := d.sync(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	request, head, read := "LIST", 16, s.entry1
	if v2 {
		request, head, read = "LIS2", 72, s.entry2
	}
	if err := s.send(ctx, request, path); err != nil {
		return nil, err
	}
	return s.entries(ctx, head, read)
}

// syncConn is a connection to a handset's file service. Its integers are
// little-endian.
type syncConn struct{ *conn }

func (d *Device) sync(ctx context.Context) (syncConn, error) {
	c, err := d.open(ctx, "sync:", 0)
	if err != nil {
		return syncConn{}, err
	}
	c.stream(d.server.Silence)
	return syncConn{c}, nil
}

func (s syncConn) send(ctx context.Context, request, path string) error {
	if len(path) > longestPath {
		return fmt.Errorf("path of %d bytes, at most %d", len(path), longestPath)
	}
	b := binary.LittleEndian.AppendUint32([]byte(request), uint32(len(path)))
	if _, err := s.Write(append(b, path...)); err != nil {
		return s.fault(ctx, err)
	}
	return nil
}

// stat2 asks with STA2, which follows links: id, errno, dev, ino, mode, nlink,
// uid, gid, size, atime, mtime, ctime.
func (s syncConn) stat2(ctx context.Context, path string) (File, error) {
	if err := s.send(ctx, "STA2", path); err != nil {
		return File{}, err
	}
	body, err := s.answer(ctx, "STA2", 68)
	if err != nil {
		return File{}, err
	}
	if errno := binary.LittleEndian.Uint32(body); errno != 0 {
		return File{}, deviceErrno(errno)
	}
	f := file2(body)
	f.Name = path
	return f, nil
}

// stat1 asks with STAT, which does not follow links: id, mode, size, mtime; all
// 0 for a file that is not there, or may not be looked at.
func (s syncConn) stat1(ctx context.Context, path string) (File, error) {
	if err := s.send(ctx, "STAT", path); err != nil {
		return File{}, err
	}
	body, err := s.answer(ctx, "STAT", 12)
	if err != nil {
		return File{}, err
	}
	if binary.LittleEndian.Uint32(body) == 0 {
		return File{}, fs.ErrNotExist
	}
	f := file1(body)
	f.Name = path
	return f, nil
}

// answer reads an answer's id and body, or FAIL and its reason.
func (s syncConn) answer(ctx context.Context, id string, size int) ([]byte, error) {
	var got [4]byte
	if _, err := io.ReadFull(s, got[:]); err != nil {
		return nil, s.fault(ctx, err)
	}
	if string(got[:]) == "FAIL" {
		return nil, s.reason(ctx, "sync:"+id)
	}
	if string(got[:]) != id {
		return nil, s.garbled("%q where %s must stand", got[:], id)
	}
	return s.body(ctx, size)
}

func (s syncConn) body(ctx context.Context, size int) ([]byte, error) {
	body := make([]byte, size)
	if _, err := io.ReadFull(s, body); err != nil {
		return nil, s.fault(ctx, err)
	}
	return body, nil
}

// reason reads what follows FAIL.
func (s syncConn) reason(ctx context.Context, service string) error {
	head, err := s.body(ctx, 4)
	if err != nil {
		return err
	}
	size := binary.LittleEndian.Uint32(head)
	if size > longestMessage {
		return s.garbled("reason of %d bytes", size)
	}
	text, err := s.body(ctx, int(size))
	if err != nil {
		return err
	}
	return fileFailure(service, string(text))
}

// pieces copies a file's DATA, as it is read from a stream, to w until DONE, whose
// number is no length.
func (s syncConn) pieces(ctx context.Context, from io.Reader, w io.Writer) error {
	r := readers.Get().(*bufio.Reader)
	r.Reset(from)
	defer func() { r.Reset(nil); readers.Put(r) }()
	for {
		head, err := r.Peek(8)
		if err != nil {
			return s.fault(ctx, unexpected(err))
		}
		id, size := string(head[:4]), int(binary.LittleEndian.Uint32(head[4:]))
		switch {
		case id == "DONE":
			return nil
		case size > longestData:
			return s.garbled("%q of %d bytes", id, size)
		case id == "FAIL":
			text, err := r.Peek(8 + size)
			if err != nil {
				return s.fault(ctx, unexpected(err))
			}
			return fileFailure("sync:RECV", string(text[8:]))
		case id != "DATA":
			return s.garbled("%q where DATA must stand", id)
		}
		r.Discard(8) // which Peek has found there
		if err := deal(r, size, w); err != nil {
			return s.meaning(ctx, err)
		}
	}
}

// entries reads a folder's entries until DONE, which has an entry's length too.
func (s syncConn) entries(ctx context.Context, head int, read func(context.Context, []byte) (File, error)) ([]File, error) {
	files := []File{}
	for range mostEntries {
		id, err := s.body(ctx, 4)
		if err != nil {
			return nil, err
		}
		if string(id) == "FAIL" {
			return nil, s.reason(ctx, "sync:list")
		}
		body, err := s.body(ctx, head)
		if err != nil {
			return nil, err
		}
		switch string(id) {
		case "DONE":
			return files, nil
		case "DENT", "DNT2":
		default:
			return nil, s.garbled("%q where an entry must stand", id)
		}
		f, err := read(ctx, body)
		if err != nil {
			return nil, err
		}
		if f.Name != "." && f.Name != ".." {
			files = append(files, f)
		}
	}
	return nil, &OutputLimit{Stream: "folder", Limit: mostEntries}
}

// entry1 reads the rest of DENT: mode, size, mtime, length of the name.
func (s syncConn) entry1(ctx context.Context, body []byte) (File, error) {
	return s.named(ctx, file1(body), body[12:])
}

// entry2 reads the rest of DNT2: as STA2, then the length of the name.
func (s syncConn) entry2(ctx context.Context, body []byte) (File, error) {
	return s.named(ctx, file2(body), body[68:])
}

func (s syncConn) named(ctx context.Context, f File, length []byte) (File, error) {
	size := binary.LittleEndian.Uint32(length)
	if size > longestName {
		return File{}, s.garbled("name of %d bytes", size)
	}
	name, err := s.body(ctx, int(size))
	f.Name = string(name)
	return f, err
}

func file1(b []byte) File {
	le := binary.LittleEndian
	return File{
		Mode:    fileMode(le.Uint32(b)),
		Size:    int64(le.Uint32(b[4:])),
		ModTime: time.Unix(int64(le.Uint32(b[8:])), 0).UTC(),
		UID:     -1,
		GID:     -1,
	}
}

func file2(b []byte) File {
	le := binary.LittleEndian
	return File{
		Mode:    fileMode(le.Uint32(b[20:])),
		UID:     int(le.Uint32(b[28:])),
		GID:     int(le.Uint32(b[32:])),
		Size:    int64(le.Uint64(b[36:])),
		ModTime: time.Unix(int64(le.Uint64(b[52:])), 0).UTC(),
	}
}

// fileMode turns Linux's st_mode into Go's.
func fileMode(st uint32) fs.FileMode {
	mode := fs.FileMode(st & 0o777)
	switch st & 0o170000 {
	case 0o010000:
		mode |= fs.ModeNamedPipe
	case 0o020000:
		mode |= fs.ModeDevice | fs.ModeCharDevice
	case 0o040000:
		mode |= fs.ModeDir
	case 0o060000:
		mode |= fs.ModeDevice
	case 0o100000:
	case 0o120000:
		mode |= fs.ModeSymlink
	case 0o140000:
		mode |= fs.ModeSocket
	default:
		mode |= fs.ModeIrregular
	}
	for bit, flag := range map[uint32]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
		if st&bit != 0 {
			mode |= flag
		}
	}
	return mode
}
