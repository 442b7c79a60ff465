/*
 * Loaded into every server with LD_PRELOAD (Linux).
 *
 * 1. A bind to every interface becomes a bind to the loopback interface: Nacos' gRPC ports and RocketMQ's proxy have no
 *    setting for it.
 * 2. Where MECHA_ENGINE_PARENT names the process that started the server, the server is killed when that process dies,
 *    however it dies. Processes that the server starts itself do not inherit this.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

typedef int (*bind_function)(int, const struct sockaddr *, socklen_t);

int bind(int socket_fd, const struct sockaddr *address, socklen_t length) {
  static bind_function next_bind;
  if (next_bind == NULL) next_bind = (bind_function)dlsym(RTLD_NEXT, "bind");

  if (address != NULL && address->sa_family == AF_INET && length >= sizeof(struct sockaddr_in)) {
    struct sockaddr_in loopback = *(const struct sockaddr_in *)address;
    if (loopback.sin_addr.s_addr == htonl(INADDR_ANY)) {
      loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      return next_bind(socket_fd, (const struct sockaddr *)&loopback, sizeof loopback);
    }
  }
  if (address != NULL && address->sa_family == AF_INET6 && length >= sizeof(struct sockaddr_in6)) {
    struct sockaddr_in6 loopback = *(const struct sockaddr_in6 *)address;
    if (IN6_IS_ADDR_UNSPECIFIED(&loopback.sin6_addr)) {
      /* The mapped IPv4 loopback, because that is the address clients are given. */
      inet_pton(AF_INET6, "::ffff:127.0.0.1", &loopback.sin6_addr);
      return next_bind(socket_fd, (const struct sockaddr *)&loopback, sizeof loopback);
    }
  }
  return next_bind(socket_fd, address, length);
}

__attribute__((constructor)) static void die_with_parent(void) {
  const char *parent = getenv("MECHA_ENGINE_PARENT");
  if (parent == NULL || atoi(parent) != getppid()) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  /* The parent may have died between its fork and the line above. */
  if (getppid() != atoi(parent)) raise(SIGKILL);
}
