# SPDX-License-Identifier: Apache-2.0
"""The worker process: serves the functions of `bridge` to a plug-in whose host cannot hold Python.

The plug-in starts `python -I -m evenlight.worker` with a socket as descriptor 3; on Windows, where
this is untried, with a pipe whose handle is the last argument. Over it come the memory in which
this process counts its beats, then one socket for each render thread: a channel. On a channel the
plug-in asks, and while it waits it answers our questions; the messages are listed in
plugin/runtime/worker/message.h. Frames cross in shared memory. The process ends when the host's
end of the first socket is closed.
"""
