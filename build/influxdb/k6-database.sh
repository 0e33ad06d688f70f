# The image of InfluxDB sources this once, when its volume is new, after it has made its own database and, with authentication,
# its users: another database, for points of k6's own output. INFLUX_CMD, INIT_USERS and the names of users are the image's
# (influxdata-docker, init-influxdb.sh).
$INFLUX_CMD "CREATE DATABASE k6"
if [ -n "$INIT_USERS" ]; then
	$INFLUX_CMD "GRANT ALL ON k6 TO $INFLUXDB_USER"
	$INFLUX_CMD "GRANT READ ON k6 TO $INFLUXDB_READ_USER"
fi
