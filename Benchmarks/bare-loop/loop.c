// What routing costs at least: the bare librdkafka loop that the router is measured against.
//
// Consumes rows, finds the producer with memmem, looks it up by a hash, hands the row to two topic handles (no headers,
// the provenance as key, an explicit partition, the row's timestamp) and commits what is acknowledged. It checks
// nothing, decodes nothing and trusts everything; topics have to exist.
//
//   loop PROPERTIES PREFIX USER-PARTITIONS JOB-PARTITIONS PRODUCERS TOPIC...
//
// Output topics are spread over so many producers by a hash of their names.
//
// PROPERTIES has lines "consumer.NAME=VALUE" and "producer.NAME=VALUE" for librdkafka. SIGTERM drains and ends it.
#define _GNU_SOURCE
#include <librdkafka/rdkafka.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 1000, BATCHES = 4096, ROUTES = 1 << 16, INPUTS = 64, KEY = 300, PRODUCERS = 64 };

struct batch {
  int32_t unanswered;
  int open;
  int64_t next[INPUTS];
};

struct route {
  uint64_t hash;
  size_t size;
  char *producer;
  rd_kafka_topic_t *user, *job;
  rd_kafka_t *user_producer, *job_producer;
  int32_t user_partition, job_partition;
};

struct input {
  rd_kafka_topic_t *handle;
  char prefix[KEY];
  size_t prefix_size;
  char topic[256];
  int32_t partition;
};

static volatile sig_atomic_t stopped;
static rd_kafka_t *consumer, *producers[PRODUCERS];
static rd_kafka_queue_t *reports[PRODUCERS];
static int producer_count;
static struct batch batches[BATCHES];
static uint64_t first_batch, open_batch;
static struct route routes[ROUTES];
static struct input inputs[INPUTS];
static int input_count;
static const char *topic_prefix;
static int user_partitions, job_partitions;
static uint64_t rows;

static void stop(int signal) {
  (void)signal;
  stopped = 1;
}

static void die(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("loop: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  exit(1);
}

static int64_t milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void read_properties(const char *file, rd_kafka_conf_t *consumer_conf, rd_kafka_conf_t *producer_conf) {
  char line[4096], reason[512];
  FILE *stream = fopen(file, "r");
  if (!stream) die("cannot open %s", file);
  while (fgets(line, sizeof line, stream)) {
    line[strcspn(line, "\n")] = 0;
    char *value = strchr(line, '=');
    char *name = strchr(line, '.');
    if (!value || !name || name > value) die("%s: no property: %s", file, line);
    *value++ = 0;
    rd_kafka_conf_t *conf = strncmp(line, "consumer.", 9) ? producer_conf : consumer_conf;
    if (rd_kafka_conf_set(conf, name + 1, value, reason, sizeof reason) != RD_KAFKA_CONF_OK) die("%s", reason);
  }
  fclose(stream);
}

static int serve_reports_of(rd_kafka_queue_t *queue, int timeout) {
  rd_kafka_event_t *event;
  int count = 0;
  while ((event = rd_kafka_queue_poll(queue, timeout))) {
    const rd_kafka_message_t *message;
    timeout = 0;
    if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR) {
      fprintf(stderr, "loop: %s\n", rd_kafka_event_error_string(event));
    }
    while ((message = rd_kafka_event_message_next(event))) {
      if (message->err) die("not delivered: %s", rd_kafka_err2str(message->err));
      ((struct batch *)message->_private)->unanswered--;
      count++;
    }
    rd_kafka_event_destroy(event);
  }
  return count;
}

// With several producers, it waits for the first one, and not as long.
static void serve_reports(int timeout) {
  int count = 0;
  if (producer_count > 1) {
    for (int i = 0; i < producer_count; i++) count += serve_reports_of(reports[i], 0);
    if (count || !timeout) return;
    timeout = timeout > 5 ? 5 : timeout;
  }
  serve_reports_of(reports[0], timeout);
}

static int unanswered(void) {
  int count = 0;
  for (int i = 0; i < producer_count; i++) count += rd_kafka_outq_len(producers[i]);
  return count;
}

static void commit(int wait) {
  static int64_t next[INPUTS];
  static int dirty;
  while (first_batch < open_batch && !batches[first_batch % BATCHES].unanswered) {
    struct batch *batch = &batches[first_batch % BATCHES];
    for (int i = 0; i < input_count; i++) {
      if (batch->next[i] > next[i]) {
        next[i] = batch->next[i];
        dirty = 1;
      }
    }
    first_batch++;
  }
  if (!dirty) return;
  rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(input_count);
  for (int i = 0; i < input_count; i++) {
    if (!next[i]) continue;
    rd_kafka_topic_partition_list_add(list, inputs[i].topic, inputs[i].partition)->offset = next[i];
  }
  if (rd_kafka_commit(consumer, list, !wait)) fprintf(stderr, "loop: commit failed\n");
  rd_kafka_topic_partition_list_destroy(list);
  dirty = 0;
}

static uint64_t hash(const char *bytes, size_t size) {
  uint64_t value = 14695981039346656037u;
  for (size_t i = 0; i < size; i++) value = (value ^ (uint8_t)bytes[i]) * 1099511628211u;
  return value;
}

static rd_kafka_topic_t *output(const char *name, rd_kafka_t **producer) {
  *producer = producers[hash(name, strlen(name)) % (uint64_t)producer_count];
  rd_kafka_topic_t *topic = rd_kafka_topic_new(*producer, name, NULL);
  if (!topic) die("topic %s: %s", name, rd_kafka_err2str(rd_kafka_last_error()));
  return topic;
}

static void make_route(struct route *route, const char *bytes, size_t size) {
  char name[512];
  const char *job = memchr(bytes, ':', size);
  const char *node = job ? memchr(job + 1, ':', size - (job + 1 - bytes)) : NULL;
  if (!node) die("a producer is not user:job:node");
  int user_size = (int)(job - bytes), job_size = (int)(node - job - 1);
  size_t node_size = size - (size_t)(node + 1 - bytes);
  snprintf(name, sizeof name, "%s.user.%.*s.rows", topic_prefix, user_size, bytes);
  route->user = output(name, &route->user_producer);
  snprintf(name, sizeof name, "%s.user.%.*s.job.%.*s", topic_prefix, user_size, bytes, job_size, job + 1);
  route->job = output(name, &route->job_producer);
  route->user_partition = rd_kafka_msg_partitioner_murmur2(NULL, node + 1, node_size, user_partitions, NULL, NULL);
  route->job_partition = rd_kafka_msg_partitioner_murmur2(NULL, node + 1, node_size, job_partitions, NULL, NULL);
  route->producer = strndup(bytes, size);
  route->size = size;
}

static struct route *find_route(const rd_kafka_message_t *message) {
  static const char column[] = "\"producer\":\"";
  const char *payload = message->payload;
  const char *start = memmem(payload, message->len, column, sizeof column - 1);
  if (!start) die("a row has no producer");
  start += sizeof column - 1;
  const char *end = memchr(start, '"', message->len - (size_t)(start - payload));
  if (!end) die("a producer has no end");
  size_t size = (size_t)(end - start);
  uint64_t value = hash(start, size);
  for (uint64_t i = value;; i++) {
    struct route *route = &routes[i % ROUTES];
    if (!route->producer) {
      make_route(route, start, size);
      route->hash = value;
      return route;
    }
    if (route->hash == value && route->size == size && !memcmp(route->producer, start, size)) return route;
  }
}

static int find_input(const rd_kafka_message_t *message) {
  static int last;
  if (last < input_count && inputs[last].handle == message->rkt && inputs[last].partition == message->partition) {
    return last;
  }
  for (last = 0; last < input_count; last++) {
    if (inputs[last].handle == message->rkt && inputs[last].partition == message->partition) return last;
  }
  if (input_count == INPUTS) die("more than %d partitions to read", INPUTS);
  struct input *input = &inputs[input_count++];
  snprintf(input->topic, sizeof input->topic, "%s", rd_kafka_topic_name(message->rkt));
  // Keeps the handle, so that it cannot come to mean another topic.
  input->handle = rd_kafka_topic_new(consumer, input->topic, NULL);
  input->partition = message->partition;
  input->prefix_size = (size_t)snprintf(input->prefix, KEY, "%s/%d/", rd_kafka_topic_name(message->rkt), (int)message->partition);
  return last;
}

static void produce(
    rd_kafka_t *producer, rd_kafka_topic_t *topic, int32_t partition, const rd_kafka_message_t *message, const char *key, size_t key_size,
    int64_t timestamp, struct batch *batch) {
  for (;;) {
    rd_kafka_resp_err_t code = rd_kafka_producev(
        producer, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_PARTITION(partition), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_VALUE(message->payload, message->len), RD_KAFKA_V_KEY(key, key_size),
        RD_KAFKA_V_TIMESTAMP(timestamp), RD_KAFKA_V_OPAQUE(batch), RD_KAFKA_V_END);
    if (!code) return;
    if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) die("cannot produce: %s", rd_kafka_err2str(code));
    serve_reports(50);
  }
}

static void route_row(const rd_kafka_message_t *message, struct batch *batch) {
  struct route *route = find_route(message);
  int number = find_input(message);
  struct input *input = &inputs[number];
  char key[KEY + 20], digits[20];
  size_t count = 0;
  memcpy(key, input->prefix, input->prefix_size);
  uint64_t offset = (uint64_t)message->offset;
  do digits[count++] = (char)('0' + offset % 10);
  while (offset /= 10);
  size_t key_size = input->prefix_size;
  while (count) key[key_size++] = digits[--count];
  rd_kafka_timestamp_type_t kind;
  int64_t timestamp = rd_kafka_message_timestamp(message, &kind);
  batch->unanswered += 2;
  batch->next[number] = message->offset + 1;
  produce(route->user_producer, route->user, route->user_partition, message, key, key_size, timestamp, batch);
  produce(route->job_producer, route->job, route->job_partition, message, key, key_size, timestamp, batch);
  rows++;
}

static void consume(void) {
  struct batch *batch = &batches[open_batch % BATCHES];
  memset(batch, 0, sizeof *batch);
  int timeout = 5;
  for (int count = 0; count < BATCH; count++) {
    rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer, timeout);
    if (!message) break;
    timeout = 0;
    if (message->err) {
      fprintf(stderr, "loop: %s\n", rd_kafka_message_errstr(message));
    } else {
      route_row(message, batch);
    }
    rd_kafka_message_destroy(message);
  }
  open_batch++;
}

int main(int argc, char **argv) {
  char reason[512];
  if (argc < 7) die("usage: loop PROPERTIES PREFIX USER-PARTITIONS JOB-PARTITIONS PRODUCERS TOPIC...");
  topic_prefix = argv[2];
  user_partitions = atoi(argv[3]);
  job_partitions = atoi(argv[4]);
  producer_count = atoi(argv[5]);
  if (producer_count < 1 || producer_count > PRODUCERS) die("1 to %d producers", PRODUCERS);
  signal(SIGTERM, stop);
  signal(SIGINT, stop);
  rd_kafka_conf_t *consumer_conf = rd_kafka_conf_new(), *producer_conf = rd_kafka_conf_new();
  read_properties(argv[1], consumer_conf, producer_conf);
  rd_kafka_conf_set_events(producer_conf, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR);
  consumer = rd_kafka_new(RD_KAFKA_CONSUMER, consumer_conf, reason, sizeof reason);
  if (!consumer) die("%s", reason);
  for (int i = 0; i < producer_count; i++) {
    producers[i] = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_dup(producer_conf), reason, sizeof reason);
    if (!producers[i]) die("%s", reason);
    reports[i] = rd_kafka_queue_get_main(producers[i]);
  }
  rd_kafka_poll_set_consumer(consumer);
  rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(argc - 6);
  for (int i = 6; i < argc; i++) rd_kafka_topic_partition_list_add(topics, argv[i], -1);
  if (rd_kafka_subscribe(consumer, topics)) die("cannot subscribe");
  rd_kafka_topic_partition_list_destroy(topics);

  int64_t committed = milliseconds();
  while (!stopped) {
    serve_reports(0);
    int64_t now = milliseconds();
    // The ring must not come round to a batch whose answers are still to come.
    while (open_batch - first_batch >= BATCHES - 1) {
      serve_reports(50);
      commit(0);
    }
    if (now - committed >= 200) {
      committed = now;
      commit(0);
    }
    consume();
  }
  for (int tries = 0; tries < 1000 && unanswered(); tries++) {
    for (int i = 0; i < producer_count; i++) rd_kafka_flush(producers[i], 0);
    serve_reports(50);
  }
  commit(1);
  rd_kafka_consumer_close(consumer);
  fprintf(stderr, "loop: %llu rows\n", (unsigned long long)rows);
  return 0;
}
