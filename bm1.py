import time, resource, sys, numpy as np, pyarrow as pa, pyarrow.csv as pc
mode=sys.argv[1]; p='/tmp/w/big.csv'
t=time.time()
if mode=='pandas':
    import pandas as pd
    cols=open(p).readline().rstrip().split(',')
    f=pd.read_csv(p,index_col=0,dtype={0:str,**dict.fromkeys(range(1,len(cols)),np.float32)},keep_default_na=False); v=f.to_numpy()
elif mode in('read','readnl'):
    cols=open(p).readline().rstrip().split(',')
    names=[f'c{i}' for i in range(len(cols))]
    types={n:pa.float32() for n in names}; types['c0']=pa.string()
    tb=pc.read_csv(p,pc.ReadOptions(column_names=names,skip_rows=1,block_size=8<<20),pc.ParseOptions(newlines_in_values=mode=='readnl'),pc.ConvertOptions(column_types=types))
    v=np.empty((tb.num_rows,len(names)-1),np.float32)
    for j in range(1,len(names)): v[:,j-1]=tb.column(j).to_numpy()
else:
    cols=open(p).readline().rstrip().split(',')
    names=[f'c{i}' for i in range(len(cols))]
    types={n:pa.float32() for n in names}; types['c0']=pa.string()
    r=pc.open_csv(p,pc.ReadOptions(column_names=names,skip_rows=1,block_size=16<<20),pc.ParseOptions(newlines_in_values=mode=='opennl'),pc.ConvertOptions(column_types=types))
    out=[]
    for b in r:
        a=np.empty((b.num_rows,len(names)-1),np.float32)
        for j in range(1,len(names)): a[:,j-1]=b.column(j).to_numpy(zero_copy_only=False)
        out.append(a)
    v=np.concatenate(out)
print(mode,v.shape,v.dtype,v.sum(),round(time.time()-t,1),'s',resource.getrusage(resource.RUSAGE_SELF).ru_maxrss//1024,'MB')
