// The description of a plugin for prun: its functions with the names, types and defaults of their parameters, and its
// initializers. Only <prun/function.hpp> includes it.
#pragma once

#include <prun/detail/plugin_call.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#pragma GCC visibility push(hidden)

namespace prun::plugin {

/// A parameter that may be absent; see with_default() in <prun/function.hpp>.
template <class V>
struct Default {
  const char* name;
  V value;
};

/// The value as bytes.
template <class T>
std::string encoded(const T& value) {
  std::string bytes;
  const prun_output output{sizeof(prun_output), &bytes,
                           [](void* target, const void* data, std::size_t count) noexcept {
                             static_cast<std::string*>(target)->append(static_cast<const char*>(data), count);
                             return 0;
                           },
                           nullptr};
  Writer writer(output);
  Codec<T>::write(writer, value);
  writer.flush();
  return bytes;
}

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

/// A parameter without a default value. If it may be null, it may also be absent.
template <class T>
void add_parameter(Record& record, const char* name) {
  record.names.emplace_back(name);
  record.defaults.emplace_back();
  if constexpr (IsOptional<T>::value) record.defaults.back() = encoded(T());
}

template <class T, class V>
void add_parameter(Record& record, const Default<V>& parameter) {
  static_assert(std::is_convertible_v<const V&, T>,
                "PRUN_FUNCTION: a default does not convert to its parameter's type");
  record.names.emplace_back(parameter.name);
  record.defaults.push_back(encoded<T>(static_cast<T>(parameter.value)));
}

template <class Arguments, class Names, std::size_t... I>
void add_parameters(Record& record, const Names& names, std::index_sequence<I...>) {
  if constexpr (std::tuple_size_v<Names> != 0) {
    (add_parameter<std::tuple_element_t<I, Arguments>>(record, std::get<I>(names)), ...);
  } else {
    (add_parameter<std::tuple_element_t<I, Arguments>>(
         record, sizeof...(I) == 1 ? "arg" : ("arg" + std::to_string(I + 1)).c_str()),
     ...);
  }
  const std::array<std::uint32_t, sizeof...(I)> types{Codec<std::tuple_element_t<I, Arguments>>::type...};
  for (std::size_t i = 0; i < sizeof...(I); ++i) {
    const std::string& value = record.defaults[i];
    record.parameters.push_back({sizeof(prun_parameter), record.names[i].c_str(), types[i],
                                 value.empty() ? nullptr : value.data(), value.size()});
  }
  for (const prun_parameter& parameter : record.parameters) record.parameter_pointers.push_back(&parameter);
}

template <class R>
std::string describe_result() {
  if constexpr (std::is_void_v<R>) {
    return "null";
  } else {
    return Codec<std::remove_cvref_t<R>>::describe();
  }
}

/// Everything that this library registers.
class Registration {
 public:
  static Registration& instance() {
    static Registration& one = *new Registration;  // never destroyed: prun may read it until the process ends
    return one;
  }

  void add(const Record& record) { functions_.push_back(&record.function); }
  void add_initializer(int (*initializer)(const prun_output*)) { initializers_.push_back(initializer); }

  const prun_plugin* describe() {
    plugin_ = {PRUN_PLUGIN_MAJOR, PRUN_PLUGIN_MINOR, sizeof(prun_plugin),
               functions_.data(), functions_.size(), initializers_.empty() ? nullptr : &initialize};
    return &plugin_;
  }

 private:
  static int initialize(const prun_output* output) {
    for (const auto initializer : instance().initializers_) {
      if (const int status = initializer(output); status != PRUN_OK) return status;
    }
    return PRUN_OK;
  }

  std::vector<const prun_function*> functions_;
  std::vector<int (*)(const prun_output*)> initializers_;
  prun_plugin plugin_{};
};

template <class F, class... Names>
bool add_function(const char* name, F callable, const char* help = "", const Names&... names) {
  static_assert(HasShape<F>, "PRUN_FUNCTION takes a function, or an object with one operator() that is const");
  if constexpr (HasShape<F>) {
    using Shape = ShapeOf<F>;
    using Arguments = typename Shape::Arguments;
    static_assert(Shape::readable, "PRUN_FUNCTION: a parameter is of a type that arguments cannot be converted to");
    static_assert(!Shape::writes_to_arguments, "PRUN_FUNCTION: a parameter is a reference that is not const");
    static_assert(std::is_void_v<typename Shape::Result> || Writable<std::remove_cvref_t<typename Shape::Result>>,
                  "PRUN_FUNCTION: the result is of a type that cannot be converted to a value");
    static_assert(sizeof...(Names) == 0 || sizeof...(Names) == std::tuple_size_v<Arguments>,
                  "PRUN_FUNCTION needs a name for every parameter (a TaskContext not counted), or none");
    auto& record = *new CallableRecord<F>(std::move(callable));  // lives as long as the process
    record.name = name;
    record.help = help;
    record.result = describe_result<typename Shape::Result>();
    add_parameters<Arguments>(record, std::tuple<const Names&...>(names...),
                              std::make_index_sequence<std::tuple_size_v<Arguments>>{});
    record.function = {sizeof(prun_function),
                       record.name.c_str(),
                       record.help.c_str(),
                       record.result.c_str(),
                       record.parameter_pointers.data(),
                       record.parameters.size(),
                       &record,
                       &CallableRecord<F>::call};
    Registration::instance().add(record);
  }
  return true;
}

/// @param F captures nothing, or is a plain function that the macro wraps in such a lambda
template <class F>
bool add_initializer(F) {
  Registration::instance().add_initializer([](const prun_output* output) {
    try {
      F{}();
      return static_cast<int>(PRUN_OK);
    } catch (...) {
      return fail_as_thrown(*output);
    }
  });
  return true;
}

}  // namespace prun::plugin

#pragma GCC visibility pop
