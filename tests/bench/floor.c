/* Reference model, C floor: the least a machine needs for one market of the reference model (reference.py).

   variants  xoshiro  scalar doubles, one stream of xoshiro256++
             philox   scalar doubles, Philox4x32-10 keyed by (customer, tick), any number of threads
             simd     float32 structure of arrays in blocks, Philox; only in the build with -DVEC
   build     gcc -O3 -march=native -fopenmp floor.c -lm                        scalar variants
             gcc -O3 -march=native -ffast-math -fopenmp -DVEC floor.c -lm      simd
   run       ./floor VARIANT CUSTOMERS TICKS SEED [THREADS]                    prints one line of JSON
   shares are those of purchases in the second half of the ticks; rev_pct and compl_pct are per customer and tick. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdint.h>
#include <math.h>
#include <time.h>
#include <sys/resource.h>
#include <omp.h>
#define J 4
static const double PRICE[J]={1.00,0.90,1.10,0.95}, QUAL[J]={0.60,0.50,0.70,0.55};
static double cpu(void){struct timespec t;clock_gettime(CLOCK_PROCESS_CPUTIME_ID,&t);return t.tv_sec+1e-9*t.tv_nsec;}
static double now(void){struct timespec t;clock_gettime(CLOCK_MONOTONIC,&t);return t.tv_sec+1e-9*t.tv_nsec;}
/* getrusage keeps the peak of the process that launched this one across exec, so ask the kernel about this image alone. */
static double peak_mb(void){char l[256];long kb=0;FILE*f=fopen("/proc/self/status","r");
  if(f){while(fgets(l,sizeof l,f))if(sscanf(l,"VmHWM: %ld",&kb)==1)break;fclose(f);}
  if(!kb){struct rusage ru;getrusage(RUSAGE_SELF,&ru);kb=ru.ru_maxrss;}
  return kb/1024.0;}
/* ---------- xoshiro256++ ---------- */
typedef struct{uint64_t s[4];}xo_t;
static inline uint64_t rotl(uint64_t x,int k){return (x<<k)|(x>>(64-k));}
static inline uint64_t xo_next(xo_t*r){uint64_t*s=r->s,res=rotl(s[0]+s[3],23)+s[0],t=s[1]<<17;
  s[2]^=s[0];s[3]^=s[1];s[1]^=s[2];s[0]^=s[3];s[2]^=t;s[3]=rotl(s[3],45);return res;}
static inline uint64_t splitmix(uint64_t*x){uint64_t z=(*x+=0x9e3779b97f4a7c15ULL);
  z=(z^(z>>30))*0xbf58476d1ce4e5b9ULL;z=(z^(z>>27))*0x94d049bb133111ebULL;return z^(z>>31);}
static inline double xo_u(xo_t*r){return ((xo_next(r)>>11)+0.5)*0x1.0p-53;}
/* ---------- Philox4x32-10 ---------- */
static inline void philox(uint32_t c0,uint32_t c1,uint32_t c2,uint32_t c3,uint32_t k0,uint32_t k1,uint32_t*o){
  for(int i=0;i<10;i++){
    uint64_t p0=(uint64_t)0xD2511F53u*c0,p1=(uint64_t)0xCD9E8D57u*c2;
    uint32_t n0=(uint32_t)(p1>>32)^c1^k0,n2=(uint32_t)(p0>>32)^c3^k1;
    c1=(uint32_t)p1;c3=(uint32_t)p0;c0=n0;c2=n2;k0+=0x9E3779B9u;k1+=0xBB67AE85u;}
  o[0]=c0;o[1]=c1;o[2]=c2;o[3]=c3;}
static inline double u32(uint32_t x){return (x+0.5)*0x1.0p-32;}

typedef struct{double q[J],s[J],beta,sc,thr;int last;}cust;
typedef struct{long buys[J],compl[J];}acc;

static inline void cust_tick(cust*c,const double*u /*8 uniforms: need, g0..g3, n0, n1*/,acc*a){
  int b=0;double best=-1e300;
  for(int j=0;j<J;j++){
    double v=c->q[j]-c->beta*PRICE[j]+1.2*(c->s[j]-0.5)-(j!=c->last?c->sc:0.0)-log(-log(u[1+j]));
    if(v>best){best=v;b=j;}}
  double e=QUAL[b]+0.15*sqrt(-2*log(u[5]))*cos(6.283185307179586*u[6]);
  c->s[b]+=0.3*(e-c->s[b]);
  if(c->s[b]<c->thr)a->compl[b]++;
  c->last=b;a->buys[b]++;}

static void setup(cust*c,long n,uint64_t seed){xo_t r;for(int i=0;i<4;i++)r.s[i]=splitmix(&seed);
  for(long i=0;i<n;i++){
    for(int j=0;j<J;j++){c[i].q[j]=QUAL[j]+0.1*sqrt(-2*log(xo_u(&r)))*cos(6.283185307179586*xo_u(&r));c[i].s[j]=0.5;}
    c[i].beta=0.5+xo_u(&r);c[i].sc=0.6*xo_u(&r);c[i].thr=0.3+0.2*xo_u(&r);c[i].last=(int)(xo_next(&r)&3);}}

#ifdef VEC
/* float32 structure-of-arrays, blocks of B customers; the compiler turns each loop into AVX-512 */
#define B 256
static float *Q[J],*S[J],*BE,*SC,*TH;static int32_t*LA;
static void blk(long o,int n,uint32_t t,uint32_t k0,acc*a){
  static _Thread_local uint32_t r[8][B] __attribute__((aligned(64)));
  static _Thread_local float v[J][B] __attribute__((aligned(64))),x[B] __attribute__((aligned(64)));
#define RND {uint64_t p0=(uint64_t)0xD2511F53u*c0,p1=(uint64_t)0xCD9E8D57u*c2; \
        uint32_t n0=(uint32_t)(p1>>32)^c1^ka,n2=(uint32_t)(p0>>32)^c3^kb; \
        c1=(uint32_t)p1;c3=(uint32_t)p0;c0=n0;c2=n2;ka+=0x9E3779B9u;kb+=0xBB67AE85u;}
  for(uint32_t h=0;h<2;h++){uint32_t*r0=r[4*h],*r1=r[4*h+1],*r2=r[4*h+2],*r3=r[4*h+3];
    #pragma omp simd
    for(int i=0;i<n;i++){
      uint32_t c0=(uint32_t)(o+i),c1=0,c2=t,c3=h,ka=k0,kb=0x1234567u;
      RND RND RND RND RND RND RND RND RND RND
      r0[i]=c0;r1[i]=c1;r2[i]=c2;r3[i]=c3;}}
#define UF(z) (((float)((z)>>8)+0.5f)*0x1.0p-24f)
  for(int j=0;j<J;j++){float pj=PRICE[j];const float*q=Q[j]+o,*s=S[j]+o,*be=BE+o,*sc=SC+o;const int32_t*la=LA+o;
    for(int i=0;i<n;i++)v[j][i]=q[i]-be[i]*pj+1.2f*(s[i]-0.5f)-(la[i]!=j?sc[i]:0.f)-logf(-logf(UF(r[1+j][i])));}
  for(int i=0;i<n;i++)x[i]=0.15f*sqrtf(-2.f*logf(UF(r[5][i])))*cosf(6.2831853f*UF(r[6][i]));
  int bu0=0,bu1=0,bu2=0,bu3=0,co0=0,co1=0,co2=0,co3=0;
  float*restrict s0=S[0]+o,*restrict s1=S[1]+o,*restrict s2=S[2]+o,*restrict s3=S[3]+o,*restrict th=TH+o;int32_t*restrict la=LA+o;
  #pragma omp simd reduction(+:bu0,bu1,bu2,bu3,co0,co1,co2,co3)
  for(int i=0;i<n;i++){
    int need=UF(r[0][i])<0.7f;
    float a0=v[0][i],a1=v[1][i],a2=v[2][i],a3=v[3][i],m01=a0>a1?a0:a1,m23=a2>a3?a2:a3;
    int b01=a1>a0?1:0,b23=a3>a2?3:2,b=m23>m01?b23:b01;
    float q0=s0[i],q1=s1[i],q2=s2[i],q3=s3[i];
    float qu=b==0?0.60f:(b==1?0.50f:(b==2?0.70f:0.55f)),e=qu+x[i];
    float so=b==0?q0:(b==1?q1:(b==2?q2:q3)),sn=so+0.3f*(e-so);
    int bb=need?b:9;
    s0[i]=bb==0?sn:q0;s1[i]=bb==1?sn:q1;s2[i]=bb==2?sn:q2;s3[i]=bb==3?sn:q3;
    int l0=la[i];la[i]=need?b:l0;int lo=sn<th[i]?1:0;
    bu0+=bb==0;bu1+=bb==1;bu2+=bb==2;bu3+=bb==3;
    co0+=lo&(bb==0);co1+=lo&(bb==1);co2+=lo&(bb==2);co3+=lo&(bb==3);}
  int bu[J]={bu0,bu1,bu2,bu3},co[J]={co0,co1,co2,co3};
  for(int j=0;j<J;j++){a->buys[j]+=bu[j];a->compl[j]+=co[j];}}
#endif

int main(int ac,char**av){
  const char*var=av[1];long N=atol(av[2]);int T=atoi(av[3]);uint64_t seed=atoll(av[4]);int th=ac>5?atoi(av[5]):1;
  omp_set_num_threads(th);double t0=now();
  acc*A=calloc(T,sizeof(acc));cust*c=NULL;
  if(strcmp(var,"simd")){c=malloc(N*sizeof(cust));setup(c,N,seed);}
#ifdef VEC
  else{c=malloc(N*sizeof(cust));setup(c,N,seed);
    for(int j=0;j<J;j++){Q[j]=aligned_alloc(64,(N*4+63)/64*64);S[j]=aligned_alloc(64,(N*4+63)/64*64);}
    BE=aligned_alloc(64,(N*4+63)/64*64);SC=aligned_alloc(64,(N*4+63)/64*64);TH=aligned_alloc(64,(N*4+63)/64*64);LA=aligned_alloc(64,(N*4+63)/64*64);
    for(long i=0;i<N;i++){for(int j=0;j<J;j++){Q[j][i]=c[i].q[j];S[j][i]=.5f;}BE[i]=c[i].beta;SC[i]=c[i].sc;TH[i]=c[i].thr;LA[i]=c[i].last;}
    free(c);c=NULL;}
#endif
  double t1=now(),u1=cpu();
  for(int t=0;t<T;t++){
    long b0=0,b1=0,b2=0,b3=0,d0=0,d1=0,d2=0,d3=0;
    if(!strcmp(var,"xoshiro")){
      xo_t r;static int init=0;static xo_t keep;if(!init){uint64_t z=seed*77+1;for(int i=0;i<4;i++)keep.s[i]=splitmix(&z);init=1;}r=keep;
      acc a={0};
      for(long i=0;i<N;i++){double u[8];u[0]=xo_u(&r);if(u[0]>=0.7)continue;
        for(int k=1;k<7;k++)u[k]=xo_u(&r);cust_tick(c+i,u,&a);}
      keep=r;A[t]=a;
    }else if(!strcmp(var,"philox")){
      #pragma omp parallel for schedule(static) reduction(+:b0,b1,b2,b3,d0,d1,d2,d3) if(th>1)
      for(long o=0;o<N;o+=1024){acc a={0};long hi=o+1024<N?o+1024:N;
        for(long i=o;i<hi;i++){uint32_t w[8];philox((uint32_t)i,(uint32_t)(i>>32),t,0,(uint32_t)seed,(uint32_t)(seed>>32),w);
          double u[8];u[0]=u32(w[0]);if(u[0]>=0.7)continue;
          philox((uint32_t)i,(uint32_t)(i>>32),t,1,(uint32_t)seed,(uint32_t)(seed>>32),w+4);
          for(int k=1;k<8;k++)u[k]=u32(w[k]);cust_tick(c+i,u,&a);}
        b0+=a.buys[0];b1+=a.buys[1];b2+=a.buys[2];b3+=a.buys[3];d0+=a.compl[0];d1+=a.compl[1];d2+=a.compl[2];d3+=a.compl[3];}
      A[t]=(acc){{b0,b1,b2,b3},{d0,d1,d2,d3}};
    }
#ifdef VEC
    else{
      #pragma omp parallel for schedule(static) reduction(+:b0,b1,b2,b3,d0,d1,d2,d3) if(th>1)
      for(long o=0;o<N;o+=B){acc a={0};blk(o,(int)(o+B<N?B:N-o),t,(uint32_t)seed,&a);
        b0+=a.buys[0];b1+=a.buys[1];b2+=a.buys[2];b3+=a.buys[3];d0+=a.compl[0];d1+=a.compl[1];d2+=a.compl[2];d3+=a.compl[3];}
      A[t]=(acc){{b0,b1,b2,b3},{d0,d1,d2,d3}};
    }
#endif
  }
  double t2=now(),u2=cpu();
  double sh[J]={0},rev=0,co=0;long tot=0;uint64_t h=1469598103934665603ULL;
  for(int t=0;t<T;t++){for(int j=0;j<J;j++){rev+=A[t].buys[j]*PRICE[j];co+=A[t].compl[j];h=(h^(uint64_t)(A[t].buys[j]*31+A[t].compl[j]))*1099511628211ULL;
    if(t>=T/2){sh[j]+=A[t].buys[j];tot+=A[t].buys[j];}}}
  printf("{\"engine\":\"c\",\"variant\":\"%s\",\"threads\":%d,\"N\":%ld,\"T\":%d,\"setup_s\":%.4f,\"run_s\":%.6f,\"cpu_s\":%.6f,\"cts\":%.1f,\"rss_mb\":%.1f,"
    "\"shares\":[%.4f,%.4f,%.4f,%.4f],\"rev_pct\":%.5f,\"compl_pct\":%.5f,\"hash\":\"%016lx\"}\n",var,th,N,T,t1-t0,t2-t1,u2-u1,N*(double)T/(t2-t1),peak_mb(),
    sh[0]/tot,sh[1]/tot,sh[2]/tot,sh[3]/tot,rev/N/T,co/N/T,(unsigned long)h);
  return 0;}
