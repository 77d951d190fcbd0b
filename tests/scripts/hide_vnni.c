/* Library for LD_PRELOAD that hides AVX-512, VNNI and AMX from the programs of a process tree: see without_vnni.sh.
 *
 * Linux lets a process turn its CPUID instruction into a fault (arch_prctl(2), ARCH_SET_CPUID; needs the CPU flag
 * cpuid_fault). The handler answers in its place, without the bits of these extensions (Intel, Software Developer's
 * Manual, volume 2A, CPUID, leaf 7). exec(2) ends the fault, and the constructor starts it again in each program.
 */
#define _GNU_SOURCE
#include <cpuid.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define ARCH_SET_CPUID 0x1012
#define BIT(n) (1u << (n))

enum { CPUID_BYTES = 2 };

static const unsigned avx512_ebx = BIT(16) | BIT(17) | BIT(21) | BIT(28) | BIT(30) | BIT(31);
static const unsigned avx512_ecx = BIT(1) | BIT(6) | BIT(11) | BIT(12) | BIT(14);
static const unsigned avx512_amx_edx = BIT(2) | BIT(3) | BIT(8) | BIT(22) | BIT(23) | BIT(24) | BIT(25);
static const unsigned vnni_bf16_fp16_eax = BIT(4) | BIT(5) | BIT(21);
static const unsigned vnni_int8_int16_edx = BIT(4) | BIT(10) | BIT(19);

static long allow_cpuid(int allowed) { return syscall(SYS_arch_prctl, ARCH_SET_CPUID, allowed); }

static void answer_cpuid(int number, siginfo_t *info, void *context) {
    (void)info;
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    const unsigned char *code = (const unsigned char *)registers[REG_RIP];
    if (code[0] != 0x0f || code[1] != 0xa2) { /* another fault: let it happen again and end the process */
        signal(number, SIG_DFL);
        return;
    }
    unsigned leaf = registers[REG_RAX], subleaf = registers[REG_RCX], eax, ebx, ecx, edx;
    allow_cpuid(1);
    __cpuid_count(leaf, subleaf, eax, ebx, ecx, edx);
    allow_cpuid(0);
    if (leaf == 7 && subleaf == 0) {
        ebx &= ~avx512_ebx;
        ecx &= ~avx512_ecx;
        edx &= ~avx512_amx_edx;
    } else if (leaf == 7 && subleaf == 1) {
        eax &= ~vnni_bf16_fp16_eax;
        edx &= ~vnni_int8_int16_edx;
    }
    registers[REG_RAX] = eax;
    registers[REG_RBX] = ebx;
    registers[REG_RCX] = ecx;
    registers[REG_RDX] = edx;
    registers[REG_RIP] += CPUID_BYTES;
}

__attribute__((constructor)) static void hide(void) {
    struct sigaction action = {.sa_sigaction = answer_cpuid, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGSEGV, &action, NULL);
    if (allow_cpuid(0) != 0) {
        perror("hide_vnni: this CPU cannot fault on CPUID (flag cpuid_fault)");
        exit(1);
    }
}
