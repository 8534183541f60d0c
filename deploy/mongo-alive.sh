# Whether MongoDB answers «hello», which needs no password: a server that hangs takes connections and says nothing.
# The shell alone, for mongosh costs a second of processor time.
LC_ALL=C
exec 3<>"/dev/tcp/127.0.0.1/${1:-27017}" || exit 1
printf '\x34\0\0\0\1\0\0\0\0\0\0\0\xdd\7\0\0\0\0\0\0\0\x1f\0\0\0\x10hello\0\1\0\0\0\2$db\0\6\0\0\0admin\0\0' >&3
read -r -t 5 -N 1 -u 3
