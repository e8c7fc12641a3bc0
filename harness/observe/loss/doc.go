// Package loss says whether a stream of the log is whole.
//
// logd drops entries when its buffers are full, and adb may lose some on the way. So the
// harness asks logd at the begin and at the end of a stream how many entries have been
// written. An [Audit] takes each line of the stream, counts, and compares with logd. It says
// only what the numbers prove: that entries are missing, that none is, or why neither can be
// known.
//
// It also says whether the handset's clock was set while the stream was open, for then the
// times of entries do not tell their order.
package loss
