package adb

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
)

// Kinds of packets of shell v2 (shell_protocol.h), each followed by a
// little-endian uint32 length and as many bytes.
const (
	packetStdin      = 0
	packetStdout     = 1
	packetStderr     = 2
	packetExit       = 3 // one byte
	packetCloseStdin = 4
)

const packetHead = 5

// longestPacket bounds what a packet may announce. adbd fills at most its
// maximum payload, 1 MiB.
const longestPacket = 16 << 20

// readers are kept for reuse: a farm runs many short commands.
var readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, 128<<10) }}

// runV2 runs a command by shell,v2,raw: stdout and stderr apart, byte-exact.
func (d *Device) runV2(ctx context.Context, c Command) (int, error) {
	if err := c.check(); err != nil {
		return -1, err
	}
	service, stdin, err := c.serviceV2()
	if err != nil {
		return -1, err
	}
	conn, err := d.open(ctx, service, c.Total)
	if err != nil {
		return -1, err
	}
	defer conn.Close()
	conn.stream(d.silence(c))

	fed := make(chan error, 1)
	if stdin != nil {
		go func() {
			err := feed(conn, stdin)
			fed <- err
			if errors.As(err, new(*sourceError)) {
				conn.abort()
			}
		}()
	}

	r := readers.Get().(*bufio.Reader)
	r.Reset(conn)
	defer func() { r.Reset(nil); readers.Put(r) }()
	stdout, stderr := c.writers()
	exit, err := demux(r, stdout, stderr)
	if err == nil {
		return exit, nil
	}
	conn.abort()
	select {
	case fault := <-fed:
		var source *sourceError
		if errors.As(fault, &source) {
			return -1, fmt.Errorf("standard input: %w", source.err)
		}
	default:
	}
	return -1, conn.meaning(ctx, err)
}

// serviceV2 gives the service to ask for, and what to feed it. A command without
// standard input has an empty one from the beginning: to close it later is a message
// more, each way. A command too long for a request goes in by standard input, where
// that is free, and leaves nothing behind on the handset.
func (c Command) serviceV2() (service string, stdin io.Reader, err error) {
	line := c.String()
	service = "shell,v2,raw:" + line
	if c.Stdin == nil {
		service += " </dev/null"
	}
	if len(service) <= longestService {
		return service, c.Stdin, nil
	}
	if c.Stdin != nil || len(line) > mostScript {
		return "", nil, fmt.Errorf("%w: %d bytes", ErrTooLong, len(line))
	}
	return "shell,v2,raw:sh", bytes.NewReader([]byte("{ " + line + "\n} </dev/null\n")), nil
}

// meaning tells an error of the socket, or a garbled packet, from one of the
// caller's writers.
func (c *conn) meaning(ctx context.Context, err error) error {
	var sink *sinkError
	if errors.As(err, &sink) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return sink.err
	}
	return c.fault(ctx, err)
}

// sinkError and sourceError are errors of the caller's own writer or reader.
type (
	sinkError   struct{ err error }
	sourceError struct{ err error }
)

func (e *sinkError) Error() string   { return e.err.Error() }
func (e *sourceError) Error() string { return e.err.Error() }

// demux deals the packets of a reply out to two writers until the exit packet,
// and gives its status. The end of input before that is an error.
func demux(r *bufio.Reader, stdout, stderr io.Writer) (int, error) {
	for {
		kind, size, err := packet(r)
		if err != nil {
			return -1, err
		}
		switch kind {
		case packetStdout:
			err = deal(r, size, stdout)
		case packetStderr:
			err = deal(r, size, stderr)
		case packetExit:
			return exitOf(r, size)
		default: // one that a newer adbd has, and that asks for no answer
			err = deal(r, size, io.Discard)
		}
		if err != nil {
			return -1, err
		}
	}
}

// packet reads a packet's head.
func packet(r *bufio.Reader) (kind byte, size int, err error) {
	b, err := r.Peek(packetHead)
	if err != nil {
		if err == io.EOF && len(b) > 0 {
			err = io.ErrUnexpectedEOF
		}
		return 0, 0, err
	}
	kind, length := b[0], binary.LittleEndian.Uint32(b[1:])
	if length > longestPacket {
		return 0, 0, fmt.Errorf("garbled reply: packet %d of %d bytes", kind, length)
	}
	_, err = r.Discard(packetHead)
	return kind, int(length), err
}

// deal writes the next size bytes, without copying them again.
func deal(r *bufio.Reader, size int, w io.Writer) error {
	for size > 0 {
		if r.Buffered() == 0 {
			if _, err := r.Peek(1); err != nil {
				return unexpected(err)
			}
		}
		b, err := r.Peek(min(size, r.Buffered()))
		if err != nil {
			return unexpected(err)
		}
		if n, err := w.Write(b); err != nil {
			return &sinkError{err}
		} else if n < len(b) {
			return &sinkError{io.ErrShortWrite}
		}
		if _, err := r.Discard(len(b)); err != nil {
			return err
		}
		size -= len(b)
	}
	return nil
}

// exitOf reads the body of an exit packet.
func exitOf(r *bufio.Reader, size int) (int, error) {
	if size != 1 {
		return -1, fmt.Errorf("garbled reply: exit packet of %d bytes", size)
	}
	status, err := r.ReadByte()
	if err != nil {
		return -1, unexpected(err)
	}
	return int(status), nil
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// feed sends a reader's bytes as standard input, then its end. A command that
// ends before it has read everything is no error; one of the reader is a
// *sourceError.
func feed(c *conn, stdin io.Reader) error {
	buf := make([]byte, packetHead+32<<10)
	buf[0] = packetStdin
	for {
		n, err := stdin.Read(buf[packetHead:])
		if n > 0 {
			binary.LittleEndian.PutUint32(buf[1:], uint32(n))
			if _, err := c.Write(buf[:packetHead+n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return closeStdin(c)
		}
		if err != nil {
			return &sourceError{err}
		}
	}
}

func closeStdin(c *conn) error {
	_, err := c.Write([]byte{packetCloseStdin, 0, 0, 0, 0})
	return err
}
