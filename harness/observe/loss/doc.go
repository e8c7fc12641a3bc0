// Package loss says whether a stream of the log is whole.
//
// logd drops entries when its buffers are full, and adb may lose some on the way. So the
// harness asks logd, at the begin and at the end of a stream, how many entries were written
// so far. An [Audit] takes each line of the stream and compares its count with logd's. It
// never says more than the numbers prove: that entries are missing, that none is, or that
// neither can be known, and why.
//
// It also says whether the handset's clock was set while the stream was open, for then the
// times of entries do not tell their order.
package loss
