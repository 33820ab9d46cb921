// Traces in Perfetto's format, read back with protozero's reader. The numbers of fields stand here once more, from Perfetto's
// definitions, so that a wrong one in the writer is found.
#include "trace/perfetto_trace.hpp"

#include "trace/write_trace.hpp"
#include "trace_run.hpp"

#include <doctest/doctest.h>

#ifdef PRUN_HAS_PROTOZERO

#include <protozero/pbf_reader.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace prun;
using namespace prun::trace;
using protozero::pbf_reader;

namespace {

struct Track {
  std::string name;
  std::uint64_t parent = 0;
  bool counter = false;
  std::string process;
};

struct Event {
  std::uint64_t time = 0;
  std::int32_t type = 0;  // 1 begin, 2 end, 3 instant, 4 counter
  std::uint64_t track = 0;
  std::string name;
  std::uint64_t category = 0;
  std::int64_t value = 0;
  std::map<std::string, std::string> arguments;
  std::vector<std::uint64_t> flows;
  std::vector<std::uint64_t> ended_flows;
};

/// What a viewer makes of the packets.
struct ReadTrace {
  std::map<std::uint64_t, Track> tracks;
  std::vector<Event> events;
  std::map<std::uint64_t, std::string> categories;
  std::map<std::uint64_t, std::string> arguments;
  bool cleared_first = false;

  explicit ReadTrace(const std::string& bytes) {
    for (pbf_reader trace(bytes); trace.next();) {
      REQUIRE(trace.tag() == 1);
      read_packet(trace.get_message());
    }
  }

  [[nodiscard]] std::uint64_t track_named(const std::string& name) const {
    for (const auto& [uuid, track] : tracks) {
      if (track.name == name) return uuid;
    }
    return 0;
  }
  [[nodiscard]] std::vector<Event> on_track(const std::string& name, std::int32_t type = 0) const {
    std::vector<Event> found;
    const std::uint64_t uuid = track_named(name);
    for (const Event& event : events) {
      if (event.track == uuid && (type == 0 || event.type == type)) found.push_back(event);
    }
    return found;
  }
  [[nodiscard]] std::vector<std::pair<std::uint64_t, std::int64_t>> counter(const std::string& name) const {
    std::vector<std::pair<std::uint64_t, std::int64_t>> points;
    for (const Event& event : on_track(name, 4)) points.emplace_back(event.time, event.value);
    return points;
  }

 private:
  void read_packet(pbf_reader packet) {
    std::uint64_t time = 0;
    std::uint32_t sequence = 0;
    std::uint32_t flags = 0;
    while (packet.next()) {
      switch (packet.tag()) {
        case 8: time = packet.get_uint64(); break;
        case 10: sequence = packet.get_uint32(); break;
        case 11: read_event(packet.get_message(), time); break;
        case 12: read_interned(packet.get_message()); break;
        case 13: flags = packet.get_uint32(); break;
        case 60: read_track(packet.get_message()); break;
        default: FAIL("a packet has the unknown field " << packet.tag());
      }
    }
    CHECK(sequence == 1);  // events without a sequence are refused
    if (flags == 1) cleared_first = events.empty() && tracks.empty();
    CHECK((flags == 1 || flags == 2));
  }

  void read_interned(pbf_reader data) {
    while (data.next()) {
      const auto tag = data.tag();
      std::uint64_t number = 0;
      std::string name;
      for (pbf_reader entry = data.get_message(); entry.next();) {
        entry.tag() == 1 ? void(number = entry.get_uint64()) : void(name = entry.get_string());
      }
      (tag == 1 ? categories : arguments)[number] = name;
    }
  }

  void read_track(pbf_reader message) {
    std::uint64_t uuid = 0;
    Track track;
    while (message.next()) {
      switch (message.tag()) {
        case 1: uuid = message.get_uint64(); break;
        case 2: track.name = message.get_string(); break;
        case 3:
          for (pbf_reader process = message.get_message(); process.next();) {
            process.tag() == 6 ? void(track.process = process.get_string()) : process.skip();
          }
          break;
        case 5: track.parent = message.get_uint64(); break;
        case 8:
          track.counter = true;
          message.skip();
          break;
        default: message.skip();
      }
    }
    CHECK(uuid != 0);
    CHECK_FALSE(tracks.contains(uuid));
    tracks[uuid] = track;
  }

  void read_event(pbf_reader message, std::uint64_t time) {
    Event event;
    event.time = time;
    while (message.next()) {
      switch (message.tag()) {
        case 3: event.category = message.get_uint64(); break;
        case 4: read_argument(message.get_message(), event); break;
        case 9: event.type = message.get_enum(); break;
        case 11: event.track = message.get_uint64(); break;
        case 23: event.name = message.get_string(); break;
        case 30: event.value = message.get_int64(); break;
        case 47: event.flows.push_back(message.get_fixed64()); break;
        case 48: event.ended_flows.push_back(message.get_fixed64()); break;
        default: FAIL("an event has the unknown field " << message.tag());
      }
    }
    events.push_back(event);
  }

  void read_argument(pbf_reader message, Event& event) {
    std::string name;
    std::string value;
    while (message.next()) {
      switch (message.tag()) {
        case 1: name = arguments.at(message.get_uint64()); break;
        case 2: value = message.get_bool() ? "true" : "false"; break;
        case 3: value = std::to_string(message.get_uint64()); break;
        case 6: value = message.get_string(); break;
        case 10: name = message.get_string(); break;
        default: FAIL("an argument has the unknown field " << message.tag());
      }
    }
    event.arguments[name] = value;
  }
};

ReadTrace traced(const history::History& history) {
  test::KeptBytes kept;
  const auto sink = make_perfetto_trace(kept);
  write_trace(history, *sink);
  CHECK(kept.finished);
  return ReadTrace(kept.bytes);
}

ReadTrace trace_with_a_retry() {
  test::TracedRun run;
  test::run_with_a_retry(run);
  return traced(run.history);
}

using Arguments = std::map<std::string, std::string>;

}  // namespace

TEST_CASE("a Perfetto trace has one process with a track for each worker and counter") {
  const ReadTrace trace = trace_with_a_retry();
  CHECK(trace.cleared_first);
  std::set<std::string> names;
  std::uint64_t process = 0;
  for (const auto& [uuid, track] : trace.tracks) {
    if (!track.process.empty()) process = uuid;
    names.insert(track.name);
  }
  CHECK(trace.tracks.at(process).process == "prun map say \"hi\" 1..6");
  CHECK(names == std::set<std::string>{"", "nothing starts", "worker 0", "worker 1", "running", "failed",
                                       "waiting for order", "memory"});
  for (const auto& [uuid, track] : trace.tracks) {
    CHECK((uuid == process || track.parent == process));
    CHECK(track.counter == (track.name == "running" || track.name == "failed" || track.name == "memory" ||
                            track.name == "waiting for order"));
  }
  for (const Event& event : trace.events) CHECK(trace.tracks.contains(event.track));
}

TEST_CASE("in a Perfetto trace begins and ends are balanced, and tasks are within their chunks") {
  const ReadTrace trace = trace_with_a_retry();
  for (const char* const worker : {"worker 0", "worker 1"}) {
    std::vector<std::string> open;
    std::uint64_t now = 0;
    for (const Event& event : trace.on_track(worker)) {
      CHECK(event.time >= now);
      now = event.time;
      if (event.type == 1) {
        open.push_back(trace.categories.at(event.category));
        CHECK(open.back() == (open.size() == 1 ? "chunk" : "task"));
      } else {
        REQUIRE(event.type == 2);
        REQUIRE_FALSE(open.empty());
        open.pop_back();
      }
    }
    CHECK(open.empty());
  }
}

TEST_CASE("in a Perfetto trace a slice has the call, the times and what became of the attempt") {
  std::vector<Event> begins;
  for (const Event& event : trace_with_a_retry().on_track("worker 1", 1)) begins.push_back(event);
  REQUIRE(begins.size() == 4);
  CHECK(begins[0].name == "chunk of 3");
  CHECK(begins[0].arguments == Arguments{{"first_task", "3"}, {"tasks", "3"}});
  CHECK(begins[1].name == "fib(3)");
  CHECK(begins[1].time == 11'000);
  CHECK(begins[1].arguments == Arguments{{"task", "3"}});
  CHECK(begins[2].arguments == Arguments{{"task", "4"}, {"attempt", "1"}, {"failure", "lost_signal"}});
  CHECK(begins[3].arguments == Arguments{{"task", "5"}, {"attempt", "1"}, {"failure", "exception"}});
}

TEST_CASE("in a Perfetto trace a flow begins at the failed attempt and ends at the next one") {
  std::vector<Event> from;
  std::vector<Event> to;
  for (const Event& event : trace_with_a_retry().events) {
    if (!event.flows.empty()) from.push_back(event);
    if (!event.ended_flows.empty()) to.push_back(event);
  }
  REQUIRE(from.size() == 1);
  REQUIRE(to.size() == 1);
  CHECK(from[0].flows == to[0].ended_flows);
  CHECK(from[0].time == 30'000);
  CHECK(to[0].time == 80'000);
}

TEST_CASE("a Perfetto trace has the same counters as JSON has") {
  const ReadTrace trace = trace_with_a_retry();
  using Points = std::vector<std::pair<std::uint64_t, std::int64_t>>;
  CHECK(trace.counter("failed") == Points{{60'000, 1}});
  CHECK(trace.counter("waiting for order") == Points{{0, 0}, {50'000, 2}});
  CHECK(trace.counter("memory") == Points{{0, 4096}, {50'000, 8192}});
  CHECK(trace.counter("running").size() == 10);
  CHECK(trace.counter("running").back() == std::pair<std::uint64_t, std::int64_t>{95'000, 0});
}

TEST_CASE("a Perfetto trace says why nothing starts, and what the run was") {
  const ReadTrace trace = trace_with_a_retry();
  const auto held = trace.on_track("nothing starts");
  REQUIRE(held.size() == 2);
  CHECK(held[0].name == "order");
  CHECK(held[0].time == 96'000);
  CHECK(held[1].time == 98'000);
  const auto run = std::find_if(trace.events.begin(), trace.events.end(), [](const Event& e) { return e.type == 3; });
  REQUIRE(run != trace.events.end());
  CHECK(run->arguments.at("mode") == "map");
  CHECK(run->arguments.at("ending") == "done");
}

TEST_CASE("a Perfetto trace marks the calls that were running when the run ended") {
  test::TracedRun run;
  run.history.add_unended({7, 1, 40'000}, "fib(7)");
  run.done(100);
  const auto events = traced(run.history).on_track("worker 1");
  REQUIRE(events.size() == 2);
  CHECK(events[0].arguments == Arguments{{"task", "7"}, {"ended", "false"}});
  CHECK(events[1].time == 100'000);
}

#endif
